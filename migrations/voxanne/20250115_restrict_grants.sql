-- Grants: anon has none, members have what the product lets them do, and only the backend may truncate, reference or put triggers.

revoke all on all tables in schema public from anon, authenticated;
revoke all on all sequences in schema public from anon, authenticated;

-- Business rows that members work with.
grant select, insert, update, delete on
  public.profiles, public.user_profiles, public.onboarding_events, public.agents, public.agent_configurations,
  public.user_twilio_subaccounts, public.customer_twilio_keys, public.user_phone_numbers, public.phone_assistants,
  public.phone_blacklist, public.integrations, public.calls, public.call_logs, public.call_tracking,
  public.user_active_calls, public.sentiment_analysis, public.recording_upload_queue, public.hallucination_flags,
  public.campaigns, public.campaign_phone_numbers, public.campaign_metrics, public.call_lists, public.imports,
  public.leads, public.cold_call_logs, public.dnc_list, public.daily_lead_uploads, public.outreach_templates,
  public.knowledge_base, public.knowledge_base_documents, public.knowledge_base_chunks, public.embeddings,
  public.knowledge_base_changelog, public.kb_sync_log, public.notification_templates, public.notification_history,
  public.notification_rate_limits, public.consent_records, public.contacts, public.appointments,
  public.notifications, public.processed_webhook_events
  to authenticated;

-- Records that grow and never change.
grant select, insert on
  public.telephony_audit_log, public.compliance_audit_logs
  to authenticated;

-- What the backend writes and members read.
grant select on
  public.billing_plans, public.pricing_tiers, public.user_credits, public.customers, public.user_subscriptions,
  public.credit_transactions, public.billing_cycles, public.payments, public.payment_events_log,
  public.usage_records, public.usage_events, public.voice_options, public.campaign_templates, public.organizations,
  public.contacts_legacy, public.audit_logs, public.call_overview, public.campaign_performance
  to authenticated;

-- Row security is no check on these three, for whichever table comes next.
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public grant select, insert, update, delete on tables to authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public grant usage, select on sequences to authenticated;
