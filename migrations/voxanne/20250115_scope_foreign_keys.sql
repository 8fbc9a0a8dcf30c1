-- A row can only reference rows of its own organization: every foreign key between org-scoped tables carries org_id.
-- Where the parent's end only empties the reference, it empties that column and not org_id (PostgreSQL 15 or later).
-- A reference across organizations that was made before stops this migration; it has to be looked at, not guessed.

-- What the keys point at.
alter table public.agents add constraint agents_org_id_id_key unique (org_id, id);
alter table public.appointments add constraint appointments_org_id_id_key unique (org_id, id);
alter table public.billing_cycles add constraint billing_cycles_org_id_id_key unique (org_id, id);
alter table public.call_lists add constraint call_lists_org_id_id_key unique (org_id, id);
alter table public.calls add constraint calls_org_id_id_key unique (org_id, id);
alter table public.campaigns add constraint campaigns_org_id_id_key unique (org_id, id);
alter table public.consent_records add constraint consent_records_org_id_id_key unique (org_id, id);
alter table public.contacts add constraint contacts_org_id_id_key unique (org_id, id);
alter table public.imports add constraint imports_org_id_id_key unique (org_id, id);
alter table public.knowledge_base add constraint knowledge_base_org_id_id_key unique (org_id, id);
alter table public.knowledge_base_chunks add constraint knowledge_base_chunks_org_id_id_key unique (org_id, id);
alter table public.knowledge_base_documents add constraint knowledge_base_documents_org_id_id_key unique (org_id, id);
alter table public.leads add constraint leads_org_id_id_key unique (org_id, id);
alter table public.notification_templates add constraint notification_templates_org_id_id_key unique (org_id, id);
alter table public.payments add constraint payments_org_id_id_key unique (org_id, id);
alter table public.usage_records add constraint usage_records_org_id_id_key unique (org_id, id);
alter table public.user_phone_numbers add constraint user_phone_numbers_org_id_id_key unique (org_id, id);
alter table public.user_twilio_subaccounts add constraint user_twilio_subaccounts_org_id_id_key unique (org_id, id);

-- The keys.
alter table public.agent_configurations drop constraint agent_configurations_agent_id_fkey;
alter table public.agent_configurations add constraint agent_configurations_org_id_agent_id_fkey
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete cascade;
alter table public.appointments drop constraint appointments_call_id_fkey;
alter table public.appointments add constraint appointments_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete set null (call_id);
alter table public.appointments drop constraint appointments_contact_id_fkey;
alter table public.appointments add constraint appointments_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id);
alter table public.appointments drop constraint appointments_lead_id_fkey;
alter table public.appointments add constraint appointments_org_id_lead_id_fkey
  foreign key (org_id, lead_id) references public.leads (org_id, id) on delete set null (lead_id);
alter table public.call_lists drop constraint call_lists_campaign_id_fkey;
alter table public.call_lists add constraint call_lists_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete set null (campaign_id);
alter table public.call_logs drop constraint call_logs_call_id_fkey;
alter table public.call_logs add constraint call_logs_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete cascade;
alter table public.call_tracking drop constraint call_tracking_call_id_fkey;
alter table public.call_tracking add constraint call_tracking_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete cascade;
alter table public.calls drop constraint calls_agent_id_fkey;
alter table public.calls add constraint calls_org_id_agent_id_fkey
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id);
alter table public.calls drop constraint calls_phone_number_id_fkey;
alter table public.calls add constraint calls_org_id_phone_number_id_fkey
  foreign key (org_id, phone_number_id) references public.user_phone_numbers (org_id, id) on delete set null (phone_number_id);
alter table public.campaign_metrics drop constraint campaign_metrics_campaign_id_fkey;
alter table public.campaign_metrics add constraint campaign_metrics_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade;
alter table public.campaign_phone_numbers drop constraint campaign_phone_numbers_campaign_id_fkey;
alter table public.campaign_phone_numbers add constraint campaign_phone_numbers_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade;
alter table public.campaign_phone_numbers drop constraint campaign_phone_numbers_phone_number_id_fkey;
alter table public.campaign_phone_numbers add constraint campaign_phone_numbers_org_id_phone_number_id_fkey
  foreign key (org_id, phone_number_id) references public.user_phone_numbers (org_id, id) on delete cascade;
alter table public.campaigns drop constraint campaigns_agent_id_fkey;
alter table public.campaigns add constraint campaigns_org_id_agent_id_fkey
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id);
alter table public.cold_call_logs drop constraint cold_call_logs_call_id_fkey;
alter table public.cold_call_logs add constraint cold_call_logs_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete set null (call_id);
alter table public.cold_call_logs drop constraint cold_call_logs_campaign_id_fkey;
alter table public.cold_call_logs add constraint cold_call_logs_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade;
alter table public.cold_call_logs drop constraint cold_call_logs_contact_id_fkey;
alter table public.cold_call_logs add constraint cold_call_logs_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id);
alter table public.cold_call_logs drop constraint cold_call_logs_lead_id_fkey;
alter table public.cold_call_logs add constraint cold_call_logs_org_id_lead_id_fkey
  foreign key (org_id, lead_id) references public.leads (org_id, id) on delete cascade;
alter table public.compliance_audit_logs drop constraint compliance_audit_logs_consent_record_id_fkey;
alter table public.compliance_audit_logs add constraint compliance_audit_logs_org_id_consent_record_id_fkey
  foreign key (org_id, consent_record_id) references public.consent_records (org_id, id) on delete set null (consent_record_id);
alter table public.consent_records drop constraint consent_records_lead_id_fkey;
alter table public.consent_records add constraint consent_records_org_id_lead_id_fkey
  foreign key (org_id, lead_id) references public.leads (org_id, id) on delete cascade;
alter table public.contacts_legacy drop constraint contacts_lead_id_fkey;
alter table public.contacts_legacy add constraint contacts_legacy_org_id_lead_id_fkey
  foreign key (org_id, lead_id) references public.leads (org_id, id) on delete set null (lead_id);
alter table public.daily_lead_uploads drop constraint daily_lead_uploads_import_id_fkey;
alter table public.daily_lead_uploads add constraint daily_lead_uploads_org_id_import_id_fkey
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete cascade;
alter table public.embeddings drop constraint embeddings_chunk_id_fkey;
alter table public.embeddings add constraint embeddings_org_id_chunk_id_fkey
  foreign key (org_id, chunk_id) references public.knowledge_base_chunks (org_id, id) on delete cascade;
alter table public.hallucination_flags drop constraint hallucination_flags_agent_id_fkey;
alter table public.hallucination_flags add constraint hallucination_flags_org_id_agent_id_fkey
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id);
alter table public.hallucination_flags drop constraint hallucination_flags_call_id_fkey;
alter table public.hallucination_flags add constraint hallucination_flags_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete cascade;
alter table public.imports drop constraint imports_call_list_id_fkey;
alter table public.imports add constraint imports_org_id_call_list_id_fkey
  foreign key (org_id, call_list_id) references public.call_lists (org_id, id) on delete set null (call_list_id);
alter table public.kb_sync_log drop constraint kb_sync_log_knowledge_base_id_fkey;
alter table public.kb_sync_log add constraint kb_sync_log_org_id_knowledge_base_id_fkey
  foreign key (org_id, knowledge_base_id) references public.knowledge_base (org_id, id) on delete cascade;
alter table public.knowledge_base drop constraint knowledge_base_agent_id_fkey;
alter table public.knowledge_base add constraint knowledge_base_org_id_agent_id_fkey
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id);
alter table public.knowledge_base_changelog drop constraint knowledge_base_changelog_knowledge_base_id_fkey;
alter table public.knowledge_base_changelog add constraint knowledge_base_changelog_org_id_knowledge_base_id_fkey
  foreign key (org_id, knowledge_base_id) references public.knowledge_base (org_id, id) on delete cascade;
alter table public.knowledge_base_chunks drop constraint knowledge_base_chunks_document_id_fkey;
alter table public.knowledge_base_chunks add constraint knowledge_base_chunks_org_id_document_id_fkey
  foreign key (org_id, document_id) references public.knowledge_base_documents (org_id, id) on delete cascade;
alter table public.knowledge_base_documents drop constraint knowledge_base_documents_knowledge_base_id_fkey;
alter table public.knowledge_base_documents add constraint knowledge_base_documents_org_id_knowledge_base_id_fkey
  foreign key (org_id, knowledge_base_id) references public.knowledge_base (org_id, id) on delete cascade;
alter table public.leads drop constraint leads_call_list_id_fkey;
alter table public.leads add constraint leads_org_id_call_list_id_fkey
  foreign key (org_id, call_list_id) references public.call_lists (org_id, id) on delete set null (call_list_id);
alter table public.leads drop constraint leads_import_id_fkey;
alter table public.leads add constraint leads_org_id_import_id_fkey
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete set null (import_id);
alter table public.notification_history drop constraint notification_history_lead_id_fkey;
alter table public.notification_history add constraint notification_history_org_id_lead_id_fkey
  foreign key (org_id, lead_id) references public.leads (org_id, id) on delete set null (lead_id);
alter table public.notification_history drop constraint notification_history_template_id_fkey;
alter table public.notification_history add constraint notification_history_org_id_template_id_fkey
  foreign key (org_id, template_id) references public.notification_templates (org_id, id) on delete set null (template_id);
alter table public.notifications drop constraint notifications_appointment_id_fkey;
alter table public.notifications add constraint notifications_org_id_appointment_id_fkey
  foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete set null (appointment_id);
alter table public.notifications drop constraint notifications_contact_id_fkey;
alter table public.notifications add constraint notifications_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id);
alter table public.payment_events_log drop constraint payment_events_log_payment_id_fkey;
alter table public.payment_events_log add constraint payment_events_log_org_id_payment_id_fkey
  foreign key (org_id, payment_id) references public.payments (org_id, id) on delete cascade;
alter table public.payments drop constraint payments_billing_cycle_id_fkey;
alter table public.payments add constraint payments_org_id_billing_cycle_id_fkey
  foreign key (org_id, billing_cycle_id) references public.billing_cycles (org_id, id) on delete set null (billing_cycle_id);
alter table public.phone_assistants drop constraint phone_assistants_agent_id_fkey;
alter table public.phone_assistants add constraint phone_assistants_org_id_agent_id_fkey
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete cascade;
alter table public.phone_assistants drop constraint phone_assistants_phone_number_id_fkey;
alter table public.phone_assistants add constraint phone_assistants_org_id_phone_number_id_fkey
  foreign key (org_id, phone_number_id) references public.user_phone_numbers (org_id, id) on delete cascade;
alter table public.recording_upload_queue drop constraint recording_upload_queue_call_id_fkey;
alter table public.recording_upload_queue add constraint recording_upload_queue_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete cascade;
alter table public.sentiment_analysis drop constraint sentiment_analysis_call_id_fkey;
alter table public.sentiment_analysis add constraint sentiment_analysis_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete cascade;
alter table public.usage_events drop constraint usage_events_usage_record_id_fkey;
alter table public.usage_events add constraint usage_events_org_id_usage_record_id_fkey
  foreign key (org_id, usage_record_id) references public.usage_records (org_id, id) on delete set null (usage_record_id);
alter table public.usage_records drop constraint usage_records_billing_cycle_id_fkey;
alter table public.usage_records add constraint usage_records_org_id_billing_cycle_id_fkey
  foreign key (org_id, billing_cycle_id) references public.billing_cycles (org_id, id) on delete set null (billing_cycle_id);
alter table public.user_active_calls drop constraint user_active_calls_call_id_fkey;
alter table public.user_active_calls add constraint user_active_calls_org_id_call_id_fkey
  foreign key (org_id, call_id) references public.calls (org_id, id) on delete cascade;
alter table public.user_phone_numbers drop constraint user_phone_numbers_subaccount_id_fkey;
alter table public.user_phone_numbers add constraint user_phone_numbers_org_id_subaccount_id_fkey
  foreign key (org_id, subaccount_id) references public.user_twilio_subaccounts (org_id, id) on delete set null (subaccount_id);

-- User-scoped: a subscription belongs to the user of its customer.
alter table public.customers add constraint customers_user_id_id_key unique (user_id, id);
alter table public.user_subscriptions drop constraint user_subscriptions_customer_id_fkey;
alter table public.user_subscriptions add constraint user_subscriptions_user_id_customer_id_fkey
  foreign key (user_id, customer_id) references public.customers (user_id, id) on delete set null (customer_id);
