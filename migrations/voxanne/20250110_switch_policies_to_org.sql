-- The switch: the policies of the user model are dropped and the caller's organization decides.
-- A user policy left behind would be ORed with the new one, since both are permissive.

drop policy call_logs_own on public.call_logs;
create policy call_logs_org on public.call_logs
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy call_tracking_own on public.call_tracking;
create policy call_tracking_org on public.call_tracking
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy calls_own_select on public.calls;
drop policy calls_own_insert on public.calls;
drop policy calls_own_update on public.calls;
drop policy calls_own_delete on public.calls;
create policy calls_org_select on public.calls
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy calls_org_insert on public.calls
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));
create policy calls_org_update on public.calls
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
create policy calls_org_delete on public.calls
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy leads_own_select on public.leads;
drop policy leads_own_insert on public.leads;
drop policy leads_own_update on public.leads;
drop policy leads_own_delete on public.leads;
create policy leads_org_select on public.leads
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy leads_org_insert on public.leads
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));
create policy leads_org_update on public.leads
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
create policy leads_org_delete on public.leads
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy agents_own_select on public.agents;
drop policy agents_own_insert on public.agents;
drop policy agents_own_update on public.agents;
drop policy agents_own_delete on public.agents;
create policy agents_org_select on public.agents
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy agents_org_insert on public.agents
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));
create policy agents_org_update on public.agents
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
create policy agents_org_delete on public.agents
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy knowledge_base_own_select on public.knowledge_base;
drop policy knowledge_base_own_insert on public.knowledge_base;
drop policy knowledge_base_own_update on public.knowledge_base;
drop policy knowledge_base_own_delete on public.knowledge_base;
create policy knowledge_base_org_select on public.knowledge_base
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy knowledge_base_org_insert on public.knowledge_base
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));
create policy knowledge_base_org_update on public.knowledge_base
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
create policy knowledge_base_org_delete on public.knowledge_base
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy knowledge_base_changelog_own on public.knowledge_base_changelog;
create policy knowledge_base_changelog_org on public.knowledge_base_changelog
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy integrations_own on public.integrations;
create policy integrations_org on public.integrations
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy recording_upload_queue_own on public.recording_upload_queue;
create policy recording_upload_queue_org on public.recording_upload_queue
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy imports_own on public.imports;
create policy imports_org on public.imports
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy outreach_templates_own on public.outreach_templates;
create policy outreach_templates_org on public.outreach_templates
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy campaign_metrics_own on public.campaign_metrics;
create policy campaign_metrics_org on public.campaign_metrics
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy phone_blacklist_own on public.phone_blacklist;
create policy phone_blacklist_org on public.phone_blacklist
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy hallucination_flags_own on public.hallucination_flags;
create policy hallucination_flags_org on public.hallucination_flags
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy kb_sync_log_own on public.kb_sync_log;
create policy kb_sync_log_org on public.kb_sync_log
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy agent_configurations_own on public.agent_configurations;
create policy agent_configurations_org on public.agent_configurations
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy campaign_phone_numbers_own on public.campaign_phone_numbers;
create policy campaign_phone_numbers_org on public.campaign_phone_numbers
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy campaigns_own_select on public.campaigns;
drop policy campaigns_own_insert on public.campaigns;
drop policy campaigns_own_update on public.campaigns;
drop policy campaigns_own_delete on public.campaigns;
create policy campaigns_org_select on public.campaigns
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy campaigns_org_insert on public.campaigns
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));
create policy campaigns_org_update on public.campaigns
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
create policy campaigns_org_delete on public.campaigns
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy cold_call_logs_own on public.cold_call_logs;
create policy cold_call_logs_org on public.cold_call_logs
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy contacts_own on public.contacts;
create policy contacts_org on public.contacts
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy call_lists_own on public.call_lists;
create policy call_lists_org on public.call_lists
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy dnc_list_own on public.dnc_list;
create policy dnc_list_org on public.dnc_list
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy embeddings_own on public.embeddings;
create policy embeddings_org on public.embeddings
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy knowledge_base_chunks_own on public.knowledge_base_chunks;
create policy knowledge_base_chunks_org on public.knowledge_base_chunks
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy knowledge_base_documents_own on public.knowledge_base_documents;
create policy knowledge_base_documents_org on public.knowledge_base_documents
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy notification_history_own on public.notification_history;
create policy notification_history_org on public.notification_history
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy notification_templates_own on public.notification_templates;
create policy notification_templates_org on public.notification_templates
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy phone_assistants_own on public.phone_assistants;
create policy phone_assistants_org on public.phone_assistants
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy sentiment_analysis_own on public.sentiment_analysis;
create policy sentiment_analysis_org on public.sentiment_analysis
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy telephony_audit_log_own_select on public.telephony_audit_log;
drop policy telephony_audit_log_own_insert on public.telephony_audit_log;
create policy telephony_audit_log_org_select on public.telephony_audit_log
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy telephony_audit_log_org_insert on public.telephony_audit_log
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

drop policy user_active_calls_own on public.user_active_calls;
create policy user_active_calls_org on public.user_active_calls
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy user_phone_numbers_own_select on public.user_phone_numbers;
drop policy user_phone_numbers_own_insert on public.user_phone_numbers;
drop policy user_phone_numbers_own_update on public.user_phone_numbers;
drop policy user_phone_numbers_own_delete on public.user_phone_numbers;
create policy user_phone_numbers_org_select on public.user_phone_numbers
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy user_phone_numbers_org_insert on public.user_phone_numbers
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));
create policy user_phone_numbers_org_update on public.user_phone_numbers
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
create policy user_phone_numbers_org_delete on public.user_phone_numbers
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy user_twilio_subaccounts_own on public.user_twilio_subaccounts;
create policy user_twilio_subaccounts_org on public.user_twilio_subaccounts
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy usage_events_own_select on public.usage_events;
create policy usage_events_org_select on public.usage_events
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy usage_records_own_select on public.usage_records;
create policy usage_records_org_select on public.usage_records
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy compliance_audit_logs_own_select on public.compliance_audit_logs;
drop policy compliance_audit_logs_own_insert on public.compliance_audit_logs;
create policy compliance_audit_logs_org_select on public.compliance_audit_logs
  for select to authenticated
  using (org_id = (select public.auth_org_id()));
create policy compliance_audit_logs_org_insert on public.compliance_audit_logs
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

drop policy consent_records_own on public.consent_records;
create policy consent_records_org on public.consent_records
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy credit_transactions_own_select on public.credit_transactions;
create policy credit_transactions_org_select on public.credit_transactions
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy customer_twilio_keys_own on public.customer_twilio_keys;
create policy customer_twilio_keys_org on public.customer_twilio_keys
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy daily_lead_uploads_own on public.daily_lead_uploads;
create policy daily_lead_uploads_org on public.daily_lead_uploads
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy notification_rate_limits_own on public.notification_rate_limits;
create policy notification_rate_limits_org on public.notification_rate_limits
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy onboarding_events_own on public.onboarding_events;
create policy onboarding_events_org on public.onboarding_events
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

drop policy payment_events_log_own_select on public.payment_events_log;
create policy payment_events_log_org_select on public.payment_events_log
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy payments_own_select on public.payments;
create policy payments_org_select on public.payments
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

drop policy billing_cycles_own_select on public.billing_cycles;
create policy billing_cycles_org_select on public.billing_cycles
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

-- The views run as their owner and name the organization themselves.
create or replace view public.call_overview as
  select
    calls.id, calls.user_id, calls.direction, calls.status, calls.started_at, calls.duration_seconds, calls.cost_cents,
    agents.name as agent_name, sentiment_analysis.label as sentiment, calls.org_id
  from public.calls
  left join public.agents on agents.id = calls.agent_id
  left join public.sentiment_analysis on sentiment_analysis.call_id = calls.id
  where calls.deleted_at is null and calls.org_id = (select public.auth_org_id());

create or replace view public.campaign_performance as
  select
    campaigns.id, campaigns.user_id, campaigns.name, campaigns.status,
    coalesce(sum(campaign_metrics.calls_made), 0) as calls_made,
    coalesce(sum(campaign_metrics.calls_answered), 0) as calls_answered,
    coalesce(sum(campaign_metrics.appointments_booked), 0) as appointments_booked,
    campaigns.org_id
  from public.campaigns
  left join public.campaign_metrics on campaign_metrics.campaign_id = campaigns.id
  where campaigns.deleted_at is null and campaigns.org_id = (select public.auth_org_id())
  group by campaigns.id;
