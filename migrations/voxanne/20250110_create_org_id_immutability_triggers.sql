-- Phase 6 of the backfill: a row never changes its organization.

create function public.prevent_org_id_change() returns trigger
  language plpgsql
as $$
begin
  if new.org_id is distinct from old.org_id then
    raise exception 'org_id is immutable'
      using errcode = 'insufficient_privilege',
            detail = format('A row of %I.%I cannot move to another organization.', tg_table_schema, tg_table_name);
  end if;
  return new;
end
$$;

create trigger org_id_immutable_call_logs
  before update on public.call_logs
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_call_tracking
  before update on public.call_tracking
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_calls
  before update on public.calls
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_leads
  before update on public.leads
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_agents
  before update on public.agents
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_knowledge_base
  before update on public.knowledge_base
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_knowledge_base_changelog
  before update on public.knowledge_base_changelog
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_integrations
  before update on public.integrations
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_recording_upload_queue
  before update on public.recording_upload_queue
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_imports
  before update on public.imports
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_outreach_templates
  before update on public.outreach_templates
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_campaign_metrics
  before update on public.campaign_metrics
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_phone_blacklist
  before update on public.phone_blacklist
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_hallucination_flags
  before update on public.hallucination_flags
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_kb_sync_log
  before update on public.kb_sync_log
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_agent_configurations
  before update on public.agent_configurations
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_campaign_phone_numbers
  before update on public.campaign_phone_numbers
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_campaigns
  before update on public.campaigns
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_cold_call_logs
  before update on public.cold_call_logs
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_contacts
  before update on public.contacts
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_call_lists
  before update on public.call_lists
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_dnc_list
  before update on public.dnc_list
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_embeddings
  before update on public.embeddings
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_knowledge_base_chunks
  before update on public.knowledge_base_chunks
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_knowledge_base_documents
  before update on public.knowledge_base_documents
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_notification_history
  before update on public.notification_history
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_notification_templates
  before update on public.notification_templates
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_phone_assistants
  before update on public.phone_assistants
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_sentiment_analysis
  before update on public.sentiment_analysis
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_telephony_audit_log
  before update on public.telephony_audit_log
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_user_active_calls
  before update on public.user_active_calls
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_user_phone_numbers
  before update on public.user_phone_numbers
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_user_twilio_subaccounts
  before update on public.user_twilio_subaccounts
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_usage_events
  before update on public.usage_events
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_usage_records
  before update on public.usage_records
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_compliance_audit_logs
  before update on public.compliance_audit_logs
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_consent_records
  before update on public.consent_records
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_credit_transactions
  before update on public.credit_transactions
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_customer_twilio_keys
  before update on public.customer_twilio_keys
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_daily_lead_uploads
  before update on public.daily_lead_uploads
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_notification_rate_limits
  before update on public.notification_rate_limits
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_onboarding_events
  before update on public.onboarding_events
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_payment_events_log
  before update on public.payment_events_log
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_payments
  before update on public.payments
  for each row execute function public.prevent_org_id_change();

create trigger org_id_immutable_billing_cycles
  before update on public.billing_cycles
  for each row execute function public.prevent_org_id_change();
