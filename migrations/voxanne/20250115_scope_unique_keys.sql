-- Natural keys are unique within an organization: in the whole product, a taken key would tell that somebody else has it.
-- Keys that begin with user_id or with a parent are widened too, since a member can name a user or a parent that is not its own
-- and the key is checked before the foreign key.

alter table public.billing_cycles drop constraint billing_cycles_user_id_starts_on_key;
alter table public.billing_cycles add constraint billing_cycles_org_id_user_id_starts_on_key
  unique (org_id, user_id, starts_on);
alter table public.payments drop constraint payments_stripe_payment_intent_id_key;
alter table public.payments add constraint payments_org_id_stripe_payment_intent_id_key
  unique (org_id, stripe_payment_intent_id);
alter table public.payment_events_log drop constraint payment_events_log_stripe_event_id_key;
alter table public.payment_events_log add constraint payment_events_log_org_id_stripe_event_id_key
  unique (org_id, stripe_event_id);
alter table public.usage_records drop constraint usage_records_user_id_metric_recorded_for_key;
alter table public.usage_records add constraint usage_records_org_id_user_id_metric_recorded_for_key
  unique (org_id, user_id, metric, recorded_for);
alter table public.onboarding_events drop constraint onboarding_events_user_id_step_key;
alter table public.onboarding_events add constraint onboarding_events_org_id_user_id_step_key
  unique (org_id, user_id, step);
alter table public.agents drop constraint agents_vapi_assistant_id_key;
alter table public.agents add constraint agents_org_id_vapi_assistant_id_key
  unique (org_id, vapi_assistant_id);
alter table public.agent_configurations drop constraint agent_configurations_agent_id_version_key;
alter table public.agent_configurations add constraint agent_configurations_org_id_agent_id_version_key
  unique (org_id, agent_id, version);
alter table public.user_twilio_subaccounts drop constraint user_twilio_subaccounts_subaccount_sid_key;
alter table public.user_twilio_subaccounts add constraint user_twilio_subaccounts_org_id_subaccount_sid_key
  unique (org_id, subaccount_sid);
alter table public.customer_twilio_keys drop constraint customer_twilio_keys_user_id_account_sid_key;
alter table public.customer_twilio_keys add constraint customer_twilio_keys_org_id_user_id_account_sid_key
  unique (org_id, user_id, account_sid);
alter table public.user_phone_numbers drop constraint user_phone_numbers_phone_number_key;
alter table public.user_phone_numbers add constraint user_phone_numbers_org_id_phone_number_key
  unique (org_id, phone_number);
alter table public.phone_assistants drop constraint phone_assistants_phone_number_id_agent_id_key;
alter table public.phone_assistants add constraint phone_assistants_org_id_phone_number_id_agent_id_key
  unique (org_id, phone_number_id, agent_id);
alter table public.phone_blacklist drop constraint phone_blacklist_user_id_phone_number_key;
alter table public.phone_blacklist add constraint phone_blacklist_org_id_user_id_phone_number_key
  unique (org_id, user_id, phone_number);
alter table public.integrations drop constraint integrations_user_id_provider_external_account_id_key;
alter table public.integrations add constraint integrations_org_id_user_id_provider_external_account_id_key
  unique (org_id, user_id, provider, external_account_id);
alter table public.calls drop constraint calls_vapi_call_id_key;
alter table public.calls add constraint calls_org_id_vapi_call_id_key
  unique (org_id, vapi_call_id);
alter table public.user_active_calls drop constraint user_active_calls_user_id_call_id_key;
alter table public.user_active_calls add constraint user_active_calls_org_id_user_id_call_id_key
  unique (org_id, user_id, call_id);
alter table public.sentiment_analysis drop constraint sentiment_analysis_call_id_model_key;
alter table public.sentiment_analysis add constraint sentiment_analysis_org_id_call_id_model_key
  unique (org_id, call_id, model);
alter table public.recording_upload_queue drop constraint recording_upload_queue_call_id_key;
alter table public.recording_upload_queue add constraint recording_upload_queue_org_id_call_id_key
  unique (org_id, call_id);
alter table public.campaigns drop constraint campaigns_user_id_name_key;
alter table public.campaigns add constraint campaigns_org_id_user_id_name_key
  unique (org_id, user_id, name);
alter table public.campaign_phone_numbers drop constraint campaign_phone_numbers_campaign_id_phone_number_id_key;
alter table public.campaign_phone_numbers add constraint campaign_phone_numbers_org_id_campaign_id_phone_number_id_key
  unique (org_id, campaign_id, phone_number_id);
alter table public.campaign_metrics drop constraint campaign_metrics_campaign_id_metric_date_key;
alter table public.campaign_metrics add constraint campaign_metrics_org_id_campaign_id_metric_date_key
  unique (org_id, campaign_id, metric_date);
alter table public.leads drop constraint leads_user_id_phone_key;
alter table public.leads add constraint leads_org_id_user_id_phone_key
  unique (org_id, user_id, phone);
alter table public.cold_call_logs drop constraint cold_call_logs_lead_id_attempt_key;
alter table public.cold_call_logs add constraint cold_call_logs_org_id_lead_id_attempt_key
  unique (org_id, lead_id, attempt);
alter table public.dnc_list drop constraint dnc_list_user_id_phone_number_key;
alter table public.dnc_list add constraint dnc_list_org_id_user_id_phone_number_key
  unique (org_id, user_id, phone_number);
alter table public.daily_lead_uploads drop constraint daily_lead_uploads_user_id_upload_date_key;
alter table public.daily_lead_uploads add constraint daily_lead_uploads_org_id_user_id_upload_date_key
  unique (org_id, user_id, upload_date);
alter table public.outreach_templates drop constraint outreach_templates_user_id_name_key;
alter table public.outreach_templates add constraint outreach_templates_org_id_user_id_name_key
  unique (org_id, user_id, name);
alter table public.knowledge_base_documents drop constraint knowledge_base_documents_user_id_checksum_key;
alter table public.knowledge_base_documents add constraint knowledge_base_documents_org_id_user_id_checksum_key
  unique (org_id, user_id, checksum);
alter table public.knowledge_base_chunks drop constraint knowledge_base_chunks_document_id_chunk_index_key;
alter table public.knowledge_base_chunks add constraint knowledge_base_chunks_org_id_document_id_chunk_index_key
  unique (org_id, document_id, chunk_index);
alter table public.embeddings drop constraint embeddings_chunk_id_model_key;
alter table public.embeddings add constraint embeddings_org_id_chunk_id_model_key
  unique (org_id, chunk_id, model);
alter table public.knowledge_base_changelog drop constraint knowledge_base_changelog_knowledge_base_id_version_key;
alter table public.knowledge_base_changelog add constraint knowledge_base_changelog_org_id_knowledge_base_id_version_key
  unique (org_id, knowledge_base_id, version);
alter table public.notification_templates drop constraint notification_templates_user_id_key_channel_key;
alter table public.notification_templates add constraint notification_templates_org_id_user_id_key_channel_key
  unique (org_id, user_id, key, channel);
alter table public.notification_rate_limits drop constraint notification_rate_limits_user_id_channel_window_start_key;
alter table public.notification_rate_limits add constraint notification_rate_limits_org_id_user_id_channel_window_start_key
  unique (org_id, user_id, channel, window_start);

-- User-scoped keys of the payment provider.
alter table public.customers drop constraint customers_stripe_customer_id_key;
alter table public.customers add constraint customers_user_id_stripe_customer_id_key unique (user_id, stripe_customer_id);
alter table public.user_subscriptions drop constraint user_subscriptions_stripe_subscription_id_key;
alter table public.user_subscriptions add constraint user_subscriptions_user_id_stripe_subscription_id_key
  unique (user_id, stripe_subscription_id);
