-- Phase 4 of the backfill: org_id is mandatory, as the column's own rule and as the CHECK that the plan asks for.

alter table public.call_logs alter column org_id set not null;
alter table public.call_logs add constraint chk_call_logs_org_id_present check (org_id is not null);

alter table public.call_tracking alter column org_id set not null;
alter table public.call_tracking add constraint chk_call_tracking_org_id_present check (org_id is not null);

alter table public.calls alter column org_id set not null;
alter table public.calls add constraint chk_calls_org_id_present check (org_id is not null);

alter table public.leads alter column org_id set not null;
alter table public.leads add constraint chk_leads_org_id_present check (org_id is not null);

alter table public.agents alter column org_id set not null;
alter table public.agents add constraint chk_agents_org_id_present check (org_id is not null);

alter table public.knowledge_base alter column org_id set not null;
alter table public.knowledge_base add constraint chk_knowledge_base_org_id_present check (org_id is not null);

alter table public.knowledge_base_changelog alter column org_id set not null;
alter table public.knowledge_base_changelog add constraint chk_knowledge_base_changelog_org_id_present check (org_id is not null);

alter table public.integrations alter column org_id set not null;
alter table public.integrations add constraint chk_integrations_org_id_present check (org_id is not null);

alter table public.recording_upload_queue alter column org_id set not null;
alter table public.recording_upload_queue add constraint chk_recording_upload_queue_org_id_present check (org_id is not null);

alter table public.imports alter column org_id set not null;
alter table public.imports add constraint chk_imports_org_id_present check (org_id is not null);

alter table public.outreach_templates alter column org_id set not null;
alter table public.outreach_templates add constraint chk_outreach_templates_org_id_present check (org_id is not null);

alter table public.campaign_metrics alter column org_id set not null;
alter table public.campaign_metrics add constraint chk_campaign_metrics_org_id_present check (org_id is not null);

alter table public.phone_blacklist alter column org_id set not null;
alter table public.phone_blacklist add constraint chk_phone_blacklist_org_id_present check (org_id is not null);

alter table public.hallucination_flags alter column org_id set not null;
alter table public.hallucination_flags add constraint chk_hallucination_flags_org_id_present check (org_id is not null);

alter table public.kb_sync_log alter column org_id set not null;
alter table public.kb_sync_log add constraint chk_kb_sync_log_org_id_present check (org_id is not null);

alter table public.agent_configurations alter column org_id set not null;
alter table public.agent_configurations add constraint chk_agent_configurations_org_id_present check (org_id is not null);

alter table public.campaign_phone_numbers alter column org_id set not null;
alter table public.campaign_phone_numbers add constraint chk_campaign_phone_numbers_org_id_present check (org_id is not null);

alter table public.campaigns alter column org_id set not null;
alter table public.campaigns add constraint chk_campaigns_org_id_present check (org_id is not null);

alter table public.cold_call_logs alter column org_id set not null;
alter table public.cold_call_logs add constraint chk_cold_call_logs_org_id_present check (org_id is not null);

alter table public.contacts alter column org_id set not null;
alter table public.contacts add constraint chk_contacts_org_id_present check (org_id is not null);

alter table public.call_lists alter column org_id set not null;
alter table public.call_lists add constraint chk_call_lists_org_id_present check (org_id is not null);

alter table public.dnc_list alter column org_id set not null;
alter table public.dnc_list add constraint chk_dnc_list_org_id_present check (org_id is not null);

alter table public.embeddings alter column org_id set not null;
alter table public.embeddings add constraint chk_embeddings_org_id_present check (org_id is not null);

alter table public.knowledge_base_chunks alter column org_id set not null;
alter table public.knowledge_base_chunks add constraint chk_knowledge_base_chunks_org_id_present check (org_id is not null);

alter table public.knowledge_base_documents alter column org_id set not null;
alter table public.knowledge_base_documents add constraint chk_knowledge_base_documents_org_id_present check (org_id is not null);

alter table public.notification_history alter column org_id set not null;
alter table public.notification_history add constraint chk_notification_history_org_id_present check (org_id is not null);

alter table public.notification_templates alter column org_id set not null;
alter table public.notification_templates add constraint chk_notification_templates_org_id_present check (org_id is not null);

alter table public.phone_assistants alter column org_id set not null;
alter table public.phone_assistants add constraint chk_phone_assistants_org_id_present check (org_id is not null);

alter table public.sentiment_analysis alter column org_id set not null;
alter table public.sentiment_analysis add constraint chk_sentiment_analysis_org_id_present check (org_id is not null);

alter table public.telephony_audit_log alter column org_id set not null;
alter table public.telephony_audit_log add constraint chk_telephony_audit_log_org_id_present check (org_id is not null);

alter table public.user_active_calls alter column org_id set not null;
alter table public.user_active_calls add constraint chk_user_active_calls_org_id_present check (org_id is not null);

alter table public.user_phone_numbers alter column org_id set not null;
alter table public.user_phone_numbers add constraint chk_user_phone_numbers_org_id_present check (org_id is not null);

alter table public.user_twilio_subaccounts alter column org_id set not null;
alter table public.user_twilio_subaccounts add constraint chk_user_twilio_subaccounts_org_id_present check (org_id is not null);

alter table public.usage_events alter column org_id set not null;
alter table public.usage_events add constraint chk_usage_events_org_id_present check (org_id is not null);

alter table public.usage_records alter column org_id set not null;
alter table public.usage_records add constraint chk_usage_records_org_id_present check (org_id is not null);

alter table public.compliance_audit_logs alter column org_id set not null;
alter table public.compliance_audit_logs add constraint chk_compliance_audit_logs_org_id_present check (org_id is not null);

alter table public.consent_records alter column org_id set not null;
alter table public.consent_records add constraint chk_consent_records_org_id_present check (org_id is not null);

alter table public.credit_transactions alter column org_id set not null;
alter table public.credit_transactions add constraint chk_credit_transactions_org_id_present check (org_id is not null);

alter table public.customer_twilio_keys alter column org_id set not null;
alter table public.customer_twilio_keys add constraint chk_customer_twilio_keys_org_id_present check (org_id is not null);

alter table public.daily_lead_uploads alter column org_id set not null;
alter table public.daily_lead_uploads add constraint chk_daily_lead_uploads_org_id_present check (org_id is not null);

alter table public.notification_rate_limits alter column org_id set not null;
alter table public.notification_rate_limits add constraint chk_notification_rate_limits_org_id_present check (org_id is not null);

alter table public.onboarding_events alter column org_id set not null;
alter table public.onboarding_events add constraint chk_onboarding_events_org_id_present check (org_id is not null);

alter table public.payment_events_log alter column org_id set not null;
alter table public.payment_events_log add constraint chk_payment_events_log_org_id_present check (org_id is not null);

alter table public.payments alter column org_id set not null;
alter table public.payments add constraint chk_payments_org_id_present check (org_id is not null);

alter table public.billing_cycles alter column org_id set not null;
alter table public.billing_cycles add constraint chk_billing_cycles_org_id_present check (org_id is not null);
