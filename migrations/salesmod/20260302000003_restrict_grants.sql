-- Grants: anon has none, and members have no more than the policies mean.

revoke all on all tables in schema public from anon;
revoke all on all sequences in schema public from anon, authenticated;

-- What the backend writes and members read.
revoke insert, update, delete on
  public.analytics_daily_rollups, public.audit_events, public.api_request_logs, public.webhook_deliveries,
  public.tenants, public.appraisal_form_types, public.order_pipeline, public.production_overview,
  public.client_revenue
  from authenticated;

-- Records that grow and never change.
revoke update, delete on
  public.agent_reviews, public.validation_logs, public.analytics_events, public.report_runs,
  public.import_row_errors, public.search_queries, public.sync_logs, public.gps_locations
  from authenticated;

alter default privileges in schema public revoke all on tables from anon;
alter default privileges in schema public revoke all on sequences from anon;
