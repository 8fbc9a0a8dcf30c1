-- Indexes for the largest tables, built while they are written to: each statement stands outside of a transaction.

create index concurrently idx_analytics_events_tenant_event_name on public.analytics_events (tenant_id, event_name, occurred_at desc);
create index concurrently idx_api_request_logs_tenant_requested_at on public.api_request_logs (tenant_id, requested_at desc);
create index concurrently idx_audit_events_tenant_happened_at on public.audit_events (tenant_id, happened_at desc);
create index concurrently idx_gps_locations_tenant_recorded_at on public.gps_locations (tenant_id, recorded_at desc);
create index concurrently idx_webhook_deliveries_tenant_delivered_at on public.webhook_deliveries (tenant_id, delivered_at desc);
