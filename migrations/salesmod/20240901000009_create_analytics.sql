-- Analytics and logs: events, days in numbers, charts, reports, and who changed what.

-- What was done in the application.
create table public.analytics_events (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  event_name text not null,
  session_id uuid,
  properties jsonb not null default '{}',
  occurred_at timestamptz not null default now()
);
create index idx_analytics_events_org_id on public.analytics_events (org_id);
create index idx_analytics_events_org_id_event_name on public.analytics_events (org_id, event_name, occurred_at desc);
alter table public.analytics_events enable row level security;
create policy analytics_events_own_select on public.analytics_events
  for select to authenticated
  using (auth.uid() = org_id);
create policy analytics_events_own_insert on public.analytics_events
  for insert to authenticated
  with check (auth.uid() = org_id);

-- A day in numbers.
create table public.analytics_daily_rollups (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  day date not null,
  orders_created integer not null default 0,
  orders_delivered integer not null default 0,
  revenue_cents bigint not null default 0,
  average_turnaround interval,
  created_at timestamptz not null default now(),
  unique (org_id, day)
);
alter table public.analytics_daily_rollups enable row level security;
create policy analytics_daily_rollups_own_select on public.analytics_daily_rollups
  for select to authenticated
  using (auth.uid() = org_id);

-- Pages of charts.
create table public.dashboards (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  layout jsonb not null default '[]',
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint dashboards_org_id_id_key unique (org_id, id),
  unique (org_id, name)
);
create trigger update_dashboards_updated_at
  before update on public.dashboards
  for each row execute function public.update_updated_at_column();
alter table public.dashboards enable row level security;
create policy dashboards_own_select on public.dashboards
  for select to authenticated
  using (auth.uid() = org_id);
create policy dashboards_own_insert on public.dashboards
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy dashboards_own_update on public.dashboards
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy dashboards_own_delete on public.dashboards
  for delete to authenticated
  using (auth.uid() = org_id);

-- One chart.
create table public.dashboard_widgets (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  dashboard_id uuid not null,
  kind text not null check (kind in ('number', 'line', 'bar', 'table', 'funnel')),
  title text not null,
  query jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint dashboard_widgets_org_id_dashboard_id_fkey
    foreign key (org_id, dashboard_id) references public.dashboards (org_id, id) on delete cascade
);
create index idx_dashboard_widgets_org_id on public.dashboard_widgets (org_id);
create index idx_dashboard_widgets_dashboard_id on public.dashboard_widgets (dashboard_id);
create trigger update_dashboard_widgets_updated_at
  before update on public.dashboard_widgets
  for each row execute function public.update_updated_at_column();
alter table public.dashboard_widgets enable row level security;
create policy dashboard_widgets_own on public.dashboard_widgets
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Questions that are asked again and again.
create table public.saved_reports (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  definition jsonb not null default '{}',
  schedule text,
  recipients text[] not null default '{}',
  last_run_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint saved_reports_org_id_id_key unique (org_id, id),
  unique (org_id, name)
);
create trigger update_saved_reports_updated_at
  before update on public.saved_reports
  for each row execute function public.update_updated_at_column();
alter table public.saved_reports enable row level security;
create policy saved_reports_own_select on public.saved_reports
  for select to authenticated
  using (auth.uid() = org_id);
create policy saved_reports_own_insert on public.saved_reports
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy saved_reports_own_update on public.saved_reports
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy saved_reports_own_delete on public.saved_reports
  for delete to authenticated
  using (auth.uid() = org_id);

-- What came out of a report.
create table public.report_runs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  report_id uuid not null,
  status public.sync_status not null default 'idle',
  row_count integer,
  output_path text,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  constraint report_runs_org_id_report_id_fkey
    foreign key (org_id, report_id) references public.saved_reports (org_id, id) on delete cascade
);
create index idx_report_runs_org_id on public.report_runs (org_id);
create index idx_report_runs_report_id on public.report_runs (report_id);
alter table public.report_runs enable row level security;
create policy report_runs_own_select on public.report_runs
  for select to authenticated
  using (auth.uid() = org_id);
create policy report_runs_own_insert on public.report_runs
  for insert to authenticated
  with check (auth.uid() = org_id);

-- Who changed what.
create table public.audit_events (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  order_id uuid,
  action text not null,
  table_name text not null,
  old_values jsonb,
  new_values jsonb,
  happened_at timestamptz not null default now(),
  constraint audit_events_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete set null (order_id)
);
create index idx_audit_events_org_id on public.audit_events (org_id);
create index idx_audit_events_order_id on public.audit_events (order_id);
create index idx_audit_events_org_id_happened_at on public.audit_events (org_id, happened_at desc);
alter table public.audit_events enable row level security;
create policy audit_events_own_select on public.audit_events
  for select to authenticated
  using (auth.uid() = org_id);

-- What people look for.
create table public.search_queries (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  query text not null,
  filters jsonb not null default '{}',
  result_count integer check (result_count >= 0),
  created_at timestamptz not null default now()
);
create index idx_search_queries_org_id on public.search_queries (org_id);
alter table public.search_queries enable row level security;
create policy search_queries_own_select on public.search_queries
  for select to authenticated
  using (auth.uid() = org_id);
create policy search_queries_own_insert on public.search_queries
  for insert to authenticated
  with check (auth.uid() = org_id);

-- Every change of an order's status is told in the audit log, which members only read.
create function public.log_order_status() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if new.status is distinct from old.status then
    insert into public.audit_events (org_id, order_id, action, table_name, old_values, new_values)
    values (
      new.org_id, new.id, 'status', 'orders', jsonb_build_object('status', old.status), jsonb_build_object('status', new.status)
    );
  end if;
  return null;
end
$$;
revoke execute on function public.log_order_status() from public, anon, authenticated;
create trigger log_orders_status
  after update on public.orders
  for each row execute function public.log_order_status();

-- The caller's numbers for the first page. Runs as its owner and names the user itself.
create function public.get_dashboard_summary() returns jsonb
  language sql stable security definer
  set search_path = ''
as $$
  select jsonb_build_object(
    'open_orders', (
      select count(*) from public.orders
      where orders.org_id = auth.uid() and orders.status not in ('delivered', 'cancelled') and orders.deleted_at is null
    ),
    'unpaid_cents', (
      select coalesce(sum(invoices.total_cents), 0) from public.invoices
      where invoices.org_id = auth.uid() and invoices.paid_at is null
    ),
    'bookings_ahead', (
      select count(*) from public.bookings where bookings.org_id = auth.uid() and bookings.starts_at > now()
    )
  )
$$;
revoke execute on function public.get_dashboard_summary() from public, anon;
