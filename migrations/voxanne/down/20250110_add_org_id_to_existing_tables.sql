-- The rollback that the plan gives for phases 2 to 4: org_id goes, and with it whatever depends on it.
-- Phase 5 needs none (metadata only grew). The user policies come back, as the plan says: "revert to user-based model".

drop view if exists public.call_overview, public.campaign_performance;

alter table public.call_logs drop constraint if exists fk_call_logs_org_id;
drop index if exists public.idx_call_logs_org_id;
alter table public.call_logs drop column if exists org_id cascade;
alter table public.call_tracking drop constraint if exists fk_call_tracking_org_id;
drop index if exists public.idx_call_tracking_org_id;
alter table public.call_tracking drop column if exists org_id cascade;
alter table public.calls drop constraint if exists fk_calls_org_id;
drop index if exists public.idx_calls_org_id;
alter table public.calls drop column if exists org_id cascade;
alter table public.leads drop constraint if exists fk_leads_org_id;
drop index if exists public.idx_leads_org_id;
alter table public.leads drop column if exists org_id cascade;
alter table public.agents drop constraint if exists fk_agents_org_id;
drop index if exists public.idx_agents_org_id;
alter table public.agents drop column if exists org_id cascade;
alter table public.knowledge_base drop constraint if exists fk_knowledge_base_org_id;
drop index if exists public.idx_knowledge_base_org_id;
alter table public.knowledge_base drop column if exists org_id cascade;
alter table public.knowledge_base_changelog drop constraint if exists fk_knowledge_base_changelog_org_id;
drop index if exists public.idx_knowledge_base_changelog_org_id;
alter table public.knowledge_base_changelog drop column if exists org_id cascade;
alter table public.integrations drop constraint if exists fk_integrations_org_id;
drop index if exists public.idx_integrations_org_id;
alter table public.integrations drop column if exists org_id cascade;
alter table public.recording_upload_queue drop constraint if exists fk_recording_upload_queue_org_id;
drop index if exists public.idx_recording_upload_queue_org_id;
alter table public.recording_upload_queue drop column if exists org_id cascade;
alter table public.imports drop constraint if exists fk_imports_org_id;
drop index if exists public.idx_imports_org_id;
alter table public.imports drop column if exists org_id cascade;
alter table public.outreach_templates drop constraint if exists fk_outreach_templates_org_id;
drop index if exists public.idx_outreach_templates_org_id;
alter table public.outreach_templates drop column if exists org_id cascade;
alter table public.campaign_metrics drop constraint if exists fk_campaign_metrics_org_id;
drop index if exists public.idx_campaign_metrics_org_id;
alter table public.campaign_metrics drop column if exists org_id cascade;
alter table public.phone_blacklist drop constraint if exists fk_phone_blacklist_org_id;
drop index if exists public.idx_phone_blacklist_org_id;
alter table public.phone_blacklist drop column if exists org_id cascade;
alter table public.hallucination_flags drop constraint if exists fk_hallucination_flags_org_id;
drop index if exists public.idx_hallucination_flags_org_id;
alter table public.hallucination_flags drop column if exists org_id cascade;
alter table public.kb_sync_log drop constraint if exists fk_kb_sync_log_org_id;
drop index if exists public.idx_kb_sync_log_org_id;
alter table public.kb_sync_log drop column if exists org_id cascade;
alter table public.agent_configurations drop constraint if exists fk_agent_configurations_org_id;
drop index if exists public.idx_agent_configurations_org_id;
alter table public.agent_configurations drop column if exists org_id cascade;
alter table public.campaign_phone_numbers drop constraint if exists fk_campaign_phone_numbers_org_id;
drop index if exists public.idx_campaign_phone_numbers_org_id;
alter table public.campaign_phone_numbers drop column if exists org_id cascade;
alter table public.campaigns drop constraint if exists fk_campaigns_org_id;
drop index if exists public.idx_campaigns_org_id;
alter table public.campaigns drop column if exists org_id cascade;
alter table public.cold_call_logs drop constraint if exists fk_cold_call_logs_org_id;
drop index if exists public.idx_cold_call_logs_org_id;
alter table public.cold_call_logs drop column if exists org_id cascade;
alter table public.contacts drop constraint if exists fk_contacts_org_id;
drop index if exists public.idx_contacts_org_id;
alter table public.contacts drop column if exists org_id cascade;
alter table public.call_lists drop constraint if exists fk_call_lists_org_id;
drop index if exists public.idx_call_lists_org_id;
alter table public.call_lists drop column if exists org_id cascade;
alter table public.dnc_list drop constraint if exists fk_dnc_list_org_id;
drop index if exists public.idx_dnc_list_org_id;
alter table public.dnc_list drop column if exists org_id cascade;
alter table public.embeddings drop constraint if exists fk_embeddings_org_id;
drop index if exists public.idx_embeddings_org_id;
alter table public.embeddings drop column if exists org_id cascade;
alter table public.knowledge_base_chunks drop constraint if exists fk_knowledge_base_chunks_org_id;
drop index if exists public.idx_knowledge_base_chunks_org_id;
alter table public.knowledge_base_chunks drop column if exists org_id cascade;
alter table public.knowledge_base_documents drop constraint if exists fk_knowledge_base_documents_org_id;
drop index if exists public.idx_knowledge_base_documents_org_id;
alter table public.knowledge_base_documents drop column if exists org_id cascade;
alter table public.notification_history drop constraint if exists fk_notification_history_org_id;
drop index if exists public.idx_notification_history_org_id;
alter table public.notification_history drop column if exists org_id cascade;
alter table public.notification_templates drop constraint if exists fk_notification_templates_org_id;
drop index if exists public.idx_notification_templates_org_id;
alter table public.notification_templates drop column if exists org_id cascade;
alter table public.phone_assistants drop constraint if exists fk_phone_assistants_org_id;
drop index if exists public.idx_phone_assistants_org_id;
alter table public.phone_assistants drop column if exists org_id cascade;
alter table public.sentiment_analysis drop constraint if exists fk_sentiment_analysis_org_id;
drop index if exists public.idx_sentiment_analysis_org_id;
alter table public.sentiment_analysis drop column if exists org_id cascade;
alter table public.telephony_audit_log drop constraint if exists fk_telephony_audit_log_org_id;
drop index if exists public.idx_telephony_audit_log_org_id;
alter table public.telephony_audit_log drop column if exists org_id cascade;
alter table public.user_active_calls drop constraint if exists fk_user_active_calls_org_id;
drop index if exists public.idx_user_active_calls_org_id;
alter table public.user_active_calls drop column if exists org_id cascade;
alter table public.user_phone_numbers drop constraint if exists fk_user_phone_numbers_org_id;
drop index if exists public.idx_user_phone_numbers_org_id;
alter table public.user_phone_numbers drop column if exists org_id cascade;
alter table public.user_twilio_subaccounts drop constraint if exists fk_user_twilio_subaccounts_org_id;
drop index if exists public.idx_user_twilio_subaccounts_org_id;
alter table public.user_twilio_subaccounts drop column if exists org_id cascade;
alter table public.usage_events drop constraint if exists fk_usage_events_org_id;
drop index if exists public.idx_usage_events_org_id;
alter table public.usage_events drop column if exists org_id cascade;
alter table public.usage_records drop constraint if exists fk_usage_records_org_id;
drop index if exists public.idx_usage_records_org_id;
alter table public.usage_records drop column if exists org_id cascade;
alter table public.compliance_audit_logs drop constraint if exists fk_compliance_audit_logs_org_id;
drop index if exists public.idx_compliance_audit_logs_org_id;
alter table public.compliance_audit_logs drop column if exists org_id cascade;
alter table public.consent_records drop constraint if exists fk_consent_records_org_id;
drop index if exists public.idx_consent_records_org_id;
alter table public.consent_records drop column if exists org_id cascade;
alter table public.credit_transactions drop constraint if exists fk_credit_transactions_org_id;
drop index if exists public.idx_credit_transactions_org_id;
alter table public.credit_transactions drop column if exists org_id cascade;
alter table public.customer_twilio_keys drop constraint if exists fk_customer_twilio_keys_org_id;
drop index if exists public.idx_customer_twilio_keys_org_id;
alter table public.customer_twilio_keys drop column if exists org_id cascade;
alter table public.daily_lead_uploads drop constraint if exists fk_daily_lead_uploads_org_id;
drop index if exists public.idx_daily_lead_uploads_org_id;
alter table public.daily_lead_uploads drop column if exists org_id cascade;
alter table public.notification_rate_limits drop constraint if exists fk_notification_rate_limits_org_id;
drop index if exists public.idx_notification_rate_limits_org_id;
alter table public.notification_rate_limits drop column if exists org_id cascade;
alter table public.onboarding_events drop constraint if exists fk_onboarding_events_org_id;
drop index if exists public.idx_onboarding_events_org_id;
alter table public.onboarding_events drop column if exists org_id cascade;
alter table public.payment_events_log drop constraint if exists fk_payment_events_log_org_id;
drop index if exists public.idx_payment_events_log_org_id;
alter table public.payment_events_log drop column if exists org_id cascade;
alter table public.payments drop constraint if exists fk_payments_org_id;
drop index if exists public.idx_payments_org_id;
alter table public.payments drop column if exists org_id cascade;
alter table public.billing_cycles drop constraint if exists fk_billing_cycles_org_id;
drop index if exists public.idx_billing_cycles_org_id;
alter table public.billing_cycles drop column if exists org_id cascade;

create policy call_logs_own on public.call_logs
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy call_tracking_own on public.call_tracking
  for all to authenticated
  using (
    exists (
      select from public.calls as parent where parent.id = call_tracking.call_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.calls as parent where parent.id = call_tracking.call_id and parent.user_id = auth.uid()
    )
  );
create policy calls_own_select on public.calls
  for select to authenticated
  using (user_id = auth.uid());
create policy calls_own_insert on public.calls
  for insert to authenticated
  with check (user_id = auth.uid());
create policy calls_own_update on public.calls
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy calls_own_delete on public.calls
  for delete to authenticated
  using (user_id = auth.uid());
create policy leads_own_select on public.leads
  for select to authenticated
  using (user_id = auth.uid());
create policy leads_own_insert on public.leads
  for insert to authenticated
  with check (user_id = auth.uid());
create policy leads_own_update on public.leads
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy leads_own_delete on public.leads
  for delete to authenticated
  using (user_id = auth.uid());
create policy agents_own_select on public.agents
  for select to authenticated
  using (user_id = auth.uid());
create policy agents_own_insert on public.agents
  for insert to authenticated
  with check (user_id = auth.uid());
create policy agents_own_update on public.agents
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy agents_own_delete on public.agents
  for delete to authenticated
  using (user_id = auth.uid());
create policy knowledge_base_own_select on public.knowledge_base
  for select to authenticated
  using (user_id = auth.uid());
create policy knowledge_base_own_insert on public.knowledge_base
  for insert to authenticated
  with check (user_id = auth.uid());
create policy knowledge_base_own_update on public.knowledge_base
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy knowledge_base_own_delete on public.knowledge_base
  for delete to authenticated
  using (user_id = auth.uid());
create policy knowledge_base_changelog_own on public.knowledge_base_changelog
  for all to authenticated
  using (
    exists (
      select from public.knowledge_base as parent where parent.id = knowledge_base_changelog.knowledge_base_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.knowledge_base as parent where parent.id = knowledge_base_changelog.knowledge_base_id and parent.user_id = auth.uid()
    )
  );
create policy integrations_own on public.integrations
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy recording_upload_queue_own on public.recording_upload_queue
  for all to authenticated
  using (
    exists (
      select from public.calls as parent where parent.id = recording_upload_queue.call_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.calls as parent where parent.id = recording_upload_queue.call_id and parent.user_id = auth.uid()
    )
  );
create policy imports_own on public.imports
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy outreach_templates_own on public.outreach_templates
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy campaign_metrics_own on public.campaign_metrics
  for all to authenticated
  using (
    exists (
      select from public.campaigns as parent where parent.id = campaign_metrics.campaign_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.campaigns as parent where parent.id = campaign_metrics.campaign_id and parent.user_id = auth.uid()
    )
  );
create policy phone_blacklist_own on public.phone_blacklist
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy hallucination_flags_own on public.hallucination_flags
  for all to authenticated
  using (
    exists (
      select from public.calls as parent where parent.id = hallucination_flags.call_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.calls as parent where parent.id = hallucination_flags.call_id and parent.user_id = auth.uid()
    )
  );
create policy kb_sync_log_own on public.kb_sync_log
  for all to authenticated
  using (
    exists (
      select from public.knowledge_base as parent where parent.id = kb_sync_log.knowledge_base_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.knowledge_base as parent where parent.id = kb_sync_log.knowledge_base_id and parent.user_id = auth.uid()
    )
  );
create policy agent_configurations_own on public.agent_configurations
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy campaign_phone_numbers_own on public.campaign_phone_numbers
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy campaigns_own_select on public.campaigns
  for select to authenticated
  using (user_id = auth.uid());
create policy campaigns_own_insert on public.campaigns
  for insert to authenticated
  with check (user_id = auth.uid());
create policy campaigns_own_update on public.campaigns
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy campaigns_own_delete on public.campaigns
  for delete to authenticated
  using (user_id = auth.uid());
create policy cold_call_logs_own on public.cold_call_logs
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy contacts_own on public.contacts
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy call_lists_own on public.call_lists
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy dnc_list_own on public.dnc_list
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy embeddings_own on public.embeddings
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy knowledge_base_chunks_own on public.knowledge_base_chunks
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy knowledge_base_documents_own on public.knowledge_base_documents
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy notification_history_own on public.notification_history
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy notification_templates_own on public.notification_templates
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy phone_assistants_own on public.phone_assistants
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy sentiment_analysis_own on public.sentiment_analysis
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy telephony_audit_log_own_select on public.telephony_audit_log
  for select to authenticated
  using (user_id = auth.uid());
create policy telephony_audit_log_own_insert on public.telephony_audit_log
  for insert to authenticated
  with check (user_id = auth.uid());
create policy user_active_calls_own on public.user_active_calls
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy user_phone_numbers_own_select on public.user_phone_numbers
  for select to authenticated
  using (user_id = auth.uid());
create policy user_phone_numbers_own_insert on public.user_phone_numbers
  for insert to authenticated
  with check (user_id = auth.uid());
create policy user_phone_numbers_own_update on public.user_phone_numbers
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy user_phone_numbers_own_delete on public.user_phone_numbers
  for delete to authenticated
  using (user_id = auth.uid());
create policy user_twilio_subaccounts_own on public.user_twilio_subaccounts
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy usage_events_own_select on public.usage_events
  for select to authenticated
  using (user_id = auth.uid());
create policy usage_records_own_select on public.usage_records
  for select to authenticated
  using (user_id = auth.uid());
create policy compliance_audit_logs_own_select on public.compliance_audit_logs
  for select to authenticated
  using (user_id = auth.uid());
create policy compliance_audit_logs_own_insert on public.compliance_audit_logs
  for insert to authenticated
  with check (user_id = auth.uid());
create policy consent_records_own on public.consent_records
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy credit_transactions_own_select on public.credit_transactions
  for select to authenticated
  using (user_id = auth.uid());
create policy customer_twilio_keys_own on public.customer_twilio_keys
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy daily_lead_uploads_own on public.daily_lead_uploads
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy notification_rate_limits_own on public.notification_rate_limits
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy onboarding_events_own on public.onboarding_events
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy payment_events_log_own_select on public.payment_events_log
  for select to authenticated
  using (user_id = auth.uid());
create policy payments_own_select on public.payments
  for select to authenticated
  using (user_id = auth.uid());
create policy billing_cycles_own_select on public.billing_cycles
  for select to authenticated
  using (user_id = auth.uid());
