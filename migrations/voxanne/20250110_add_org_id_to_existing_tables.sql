-- Phase 2 of the backfill: org_id on the 45 org-scoped tables, still nullable, with its foreign key and index.

-- Critical tables.
alter table public.call_logs add column if not exists org_id uuid;
alter table public.call_logs add constraint fk_call_logs_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_call_logs_org_id on public.call_logs (org_id);

alter table public.call_tracking add column if not exists org_id uuid;
alter table public.call_tracking add constraint fk_call_tracking_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_call_tracking_org_id on public.call_tracking (org_id);

alter table public.calls add column if not exists org_id uuid;
alter table public.calls add constraint fk_calls_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_calls_org_id on public.calls (org_id);

alter table public.leads add column if not exists org_id uuid;
alter table public.leads add constraint fk_leads_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_leads_org_id on public.leads (org_id);

alter table public.agents add column if not exists org_id uuid;
alter table public.agents add constraint fk_agents_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_agents_org_id on public.agents (org_id);

alter table public.knowledge_base add column if not exists org_id uuid;
alter table public.knowledge_base add constraint fk_knowledge_base_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_knowledge_base_org_id on public.knowledge_base (org_id);

alter table public.knowledge_base_changelog add column if not exists org_id uuid;
alter table public.knowledge_base_changelog add constraint fk_knowledge_base_changelog_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_knowledge_base_changelog_org_id on public.knowledge_base_changelog (org_id);

alter table public.integrations add column if not exists org_id uuid;
alter table public.integrations add constraint fk_integrations_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_integrations_org_id on public.integrations (org_id);

alter table public.recording_upload_queue add column if not exists org_id uuid;
alter table public.recording_upload_queue add constraint fk_recording_upload_queue_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_recording_upload_queue_org_id on public.recording_upload_queue (org_id);

alter table public.imports add column if not exists org_id uuid;
alter table public.imports add constraint fk_imports_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_imports_org_id on public.imports (org_id);

alter table public.outreach_templates add column if not exists org_id uuid;
alter table public.outreach_templates add constraint fk_outreach_templates_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_outreach_templates_org_id on public.outreach_templates (org_id);

alter table public.campaign_metrics add column if not exists org_id uuid;
alter table public.campaign_metrics add constraint fk_campaign_metrics_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_campaign_metrics_org_id on public.campaign_metrics (org_id);

alter table public.phone_blacklist add column if not exists org_id uuid;
alter table public.phone_blacklist add constraint fk_phone_blacklist_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_phone_blacklist_org_id on public.phone_blacklist (org_id);

alter table public.hallucination_flags add column if not exists org_id uuid;
alter table public.hallucination_flags add constraint fk_hallucination_flags_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_hallucination_flags_org_id on public.hallucination_flags (org_id);

alter table public.kb_sync_log add column if not exists org_id uuid;
alter table public.kb_sync_log add constraint fk_kb_sync_log_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_kb_sync_log_org_id on public.kb_sync_log (org_id);

-- Secondary tables.
alter table public.agent_configurations add column if not exists org_id uuid;
alter table public.agent_configurations add constraint fk_agent_configurations_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_agent_configurations_org_id on public.agent_configurations (org_id);

alter table public.campaign_phone_numbers add column if not exists org_id uuid;
alter table public.campaign_phone_numbers add constraint fk_campaign_phone_numbers_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_campaign_phone_numbers_org_id on public.campaign_phone_numbers (org_id);

alter table public.campaigns add column if not exists org_id uuid;
alter table public.campaigns add constraint fk_campaigns_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_campaigns_org_id on public.campaigns (org_id);

alter table public.cold_call_logs add column if not exists org_id uuid;
alter table public.cold_call_logs add constraint fk_cold_call_logs_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_cold_call_logs_org_id on public.cold_call_logs (org_id);

alter table public.contacts add column if not exists org_id uuid;
alter table public.contacts add constraint fk_contacts_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_contacts_org_id on public.contacts (org_id);

alter table public.call_lists add column if not exists org_id uuid;
alter table public.call_lists add constraint fk_call_lists_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_call_lists_org_id on public.call_lists (org_id);

alter table public.dnc_list add column if not exists org_id uuid;
alter table public.dnc_list add constraint fk_dnc_list_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_dnc_list_org_id on public.dnc_list (org_id);

alter table public.embeddings add column if not exists org_id uuid;
alter table public.embeddings add constraint fk_embeddings_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_embeddings_org_id on public.embeddings (org_id);

alter table public.knowledge_base_chunks add column if not exists org_id uuid;
alter table public.knowledge_base_chunks add constraint fk_knowledge_base_chunks_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_knowledge_base_chunks_org_id on public.knowledge_base_chunks (org_id);

alter table public.knowledge_base_documents add column if not exists org_id uuid;
alter table public.knowledge_base_documents add constraint fk_knowledge_base_documents_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_knowledge_base_documents_org_id on public.knowledge_base_documents (org_id);

alter table public.notification_history add column if not exists org_id uuid;
alter table public.notification_history add constraint fk_notification_history_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_notification_history_org_id on public.notification_history (org_id);

alter table public.notification_templates add column if not exists org_id uuid;
alter table public.notification_templates add constraint fk_notification_templates_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_notification_templates_org_id on public.notification_templates (org_id);

alter table public.phone_assistants add column if not exists org_id uuid;
alter table public.phone_assistants add constraint fk_phone_assistants_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_phone_assistants_org_id on public.phone_assistants (org_id);

alter table public.sentiment_analysis add column if not exists org_id uuid;
alter table public.sentiment_analysis add constraint fk_sentiment_analysis_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_sentiment_analysis_org_id on public.sentiment_analysis (org_id);

alter table public.telephony_audit_log add column if not exists org_id uuid;
alter table public.telephony_audit_log add constraint fk_telephony_audit_log_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_telephony_audit_log_org_id on public.telephony_audit_log (org_id);

alter table public.user_active_calls add column if not exists org_id uuid;
alter table public.user_active_calls add constraint fk_user_active_calls_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_user_active_calls_org_id on public.user_active_calls (org_id);

alter table public.user_phone_numbers add column if not exists org_id uuid;
alter table public.user_phone_numbers add constraint fk_user_phone_numbers_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_user_phone_numbers_org_id on public.user_phone_numbers (org_id);

alter table public.user_twilio_subaccounts add column if not exists org_id uuid;
alter table public.user_twilio_subaccounts add constraint fk_user_twilio_subaccounts_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_user_twilio_subaccounts_org_id on public.user_twilio_subaccounts (org_id);

alter table public.usage_events add column if not exists org_id uuid;
alter table public.usage_events add constraint fk_usage_events_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_usage_events_org_id on public.usage_events (org_id);

alter table public.usage_records add column if not exists org_id uuid;
alter table public.usage_records add constraint fk_usage_records_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_usage_records_org_id on public.usage_records (org_id);

alter table public.compliance_audit_logs add column if not exists org_id uuid;
alter table public.compliance_audit_logs add constraint fk_compliance_audit_logs_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_compliance_audit_logs_org_id on public.compliance_audit_logs (org_id);

alter table public.consent_records add column if not exists org_id uuid;
alter table public.consent_records add constraint fk_consent_records_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_consent_records_org_id on public.consent_records (org_id);

alter table public.credit_transactions add column if not exists org_id uuid;
alter table public.credit_transactions add constraint fk_credit_transactions_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_credit_transactions_org_id on public.credit_transactions (org_id);

alter table public.customer_twilio_keys add column if not exists org_id uuid;
alter table public.customer_twilio_keys add constraint fk_customer_twilio_keys_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_customer_twilio_keys_org_id on public.customer_twilio_keys (org_id);

alter table public.daily_lead_uploads add column if not exists org_id uuid;
alter table public.daily_lead_uploads add constraint fk_daily_lead_uploads_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_daily_lead_uploads_org_id on public.daily_lead_uploads (org_id);

alter table public.notification_rate_limits add column if not exists org_id uuid;
alter table public.notification_rate_limits add constraint fk_notification_rate_limits_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_notification_rate_limits_org_id on public.notification_rate_limits (org_id);

alter table public.onboarding_events add column if not exists org_id uuid;
alter table public.onboarding_events add constraint fk_onboarding_events_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_onboarding_events_org_id on public.onboarding_events (org_id);

alter table public.payment_events_log add column if not exists org_id uuid;
alter table public.payment_events_log add constraint fk_payment_events_log_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_payment_events_log_org_id on public.payment_events_log (org_id);

alter table public.payments add column if not exists org_id uuid;
alter table public.payments add constraint fk_payments_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_payments_org_id on public.payments (org_id);

alter table public.billing_cycles add column if not exists org_id uuid;
alter table public.billing_cycles add constraint fk_billing_cycles_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;
create index if not exists idx_billing_cycles_org_id on public.billing_cycles (org_id);
