-- What the pages ask for first, by tenant: the benchmarks of the plan are met with these.

create index idx_clients_tenant_name on public.clients (tenant_id, name) where deleted_at is null;
create index idx_contacts_tenant_email on public.contacts (tenant_id, email) where email is not null;
create index idx_orders_tenant_status_due_on on public.orders (tenant_id, status, due_on) where deleted_at is null;
create index idx_orders_tenant_created on public.orders (tenant_id, created_at desc);
create index idx_production_tasks_tenant_status_due on public.production_tasks (tenant_id, status, due_at);
create index idx_agent_runs_tenant_status on public.agent_runs (tenant_id, status, created_at desc);
create index idx_deals_tenant_stage on public.deals (tenant_id, stage, expected_close_on);
create index idx_activities_tenant_occurred on public.activities (tenant_id, occurred_at desc);
create index idx_invoices_tenant_unpaid on public.invoices (tenant_id, due_on) where paid_at is null;
create index idx_bookings_tenant_starts on public.bookings (tenant_id, starts_at);
create index idx_gmail_messages_tenant_received on public.gmail_messages (tenant_id, received_at desc);
create index idx_chat_messages_tenant_conversation on public.chat_messages (tenant_id, conversation_id, created_at);
create index idx_marketing_campaigns_tenant_status on public.marketing_campaigns (tenant_id, status);
create index idx_email_campaigns_tenant_status on public.email_campaigns (tenant_id, status);
create index idx_email_sends_tenant_status on public.email_sends (tenant_id, status);
create index idx_lead_scores_tenant_total_score on public.lead_scores (tenant_id, total_score desc);
create index idx_webinars_tenant_status_starts on public.webinars (tenant_id, status, starts_at);
