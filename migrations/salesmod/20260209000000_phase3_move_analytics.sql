-- Phase 3: analytics and logs.

-- 1. The column, and the trigger that fills it for rows written from now on.
alter table public.analytics_events add column tenant_id uuid references public.tenants (id);
alter table public.analytics_daily_rollups add column tenant_id uuid references public.tenants (id);
alter table public.dashboards add column tenant_id uuid references public.tenants (id);
alter table public.dashboard_widgets add column tenant_id uuid references public.tenants (id);
alter table public.saved_reports add column tenant_id uuid references public.tenants (id);
alter table public.report_runs add column tenant_id uuid references public.tenants (id);
alter table public.audit_events add column tenant_id uuid references public.tenants (id);
alter table public.api_request_logs add column tenant_id uuid references public.tenants (id);
alter table public.webhook_deliveries add column tenant_id uuid references public.tenants (id);
alter table public.import_jobs add column tenant_id uuid references public.tenants (id);
alter table public.import_row_errors add column tenant_id uuid references public.tenants (id);
alter table public.search_queries add column tenant_id uuid references public.tenants (id);
alter table public.sync_logs add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_analytics_events_tenant_id
  before insert or update on public.analytics_events
  for each row execute function public.set_tenant_id();
create trigger trigger_set_analytics_daily_rollups_tenant_id
  before insert or update on public.analytics_daily_rollups
  for each row execute function public.set_tenant_id();
create trigger trigger_set_dashboards_tenant_id
  before insert or update on public.dashboards
  for each row execute function public.set_tenant_id();
create trigger trigger_set_dashboard_widgets_tenant_id
  before insert or update on public.dashboard_widgets
  for each row execute function public.set_tenant_id();
create trigger trigger_set_saved_reports_tenant_id
  before insert or update on public.saved_reports
  for each row execute function public.set_tenant_id();
create trigger trigger_set_report_runs_tenant_id
  before insert or update on public.report_runs
  for each row execute function public.set_tenant_id();
create trigger trigger_set_audit_events_tenant_id
  before insert or update on public.audit_events
  for each row execute function public.set_tenant_id();
create trigger trigger_set_api_request_logs_tenant_id
  before insert or update on public.api_request_logs
  for each row execute function public.set_tenant_id();
create trigger trigger_set_webhook_deliveries_tenant_id
  before insert or update on public.webhook_deliveries
  for each row execute function public.set_tenant_id();
create trigger trigger_set_import_jobs_tenant_id
  before insert or update on public.import_jobs
  for each row execute function public.set_tenant_id();
create trigger trigger_set_import_row_errors_tenant_id
  before insert or update on public.import_row_errors
  for each row execute function public.set_tenant_id();
create trigger trigger_set_search_queries_tenant_id
  before insert or update on public.search_queries
  for each row execute function public.set_tenant_id();
create trigger trigger_set_sync_logs_tenant_id
  before insert or update on public.sync_logs
  for each row execute function public.set_tenant_id();

-- 2. The backfill.
update public.analytics_events as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.analytics_daily_rollups as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.dashboards as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.dashboard_widgets as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.saved_reports as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.report_runs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.audit_events as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.api_request_logs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.webhook_deliveries as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.import_jobs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.import_row_errors as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.search_queries as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.sync_logs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- 3. and 4. Mandatory and indexed.
alter table public.analytics_events alter column tenant_id set not null;
create index idx_analytics_events_tenant_id on public.analytics_events (tenant_id);
alter table public.analytics_daily_rollups alter column tenant_id set not null;
create index idx_analytics_daily_rollups_tenant_id on public.analytics_daily_rollups (tenant_id);
alter table public.dashboards alter column tenant_id set not null;
create index idx_dashboards_tenant_id on public.dashboards (tenant_id);
alter table public.dashboard_widgets alter column tenant_id set not null;
create index idx_dashboard_widgets_tenant_id on public.dashboard_widgets (tenant_id);
alter table public.saved_reports alter column tenant_id set not null;
create index idx_saved_reports_tenant_id on public.saved_reports (tenant_id);
alter table public.report_runs alter column tenant_id set not null;
create index idx_report_runs_tenant_id on public.report_runs (tenant_id);
alter table public.audit_events alter column tenant_id set not null;
create index idx_audit_events_tenant_id on public.audit_events (tenant_id);
alter table public.api_request_logs alter column tenant_id set not null;
create index idx_api_request_logs_tenant_id on public.api_request_logs (tenant_id);
alter table public.webhook_deliveries alter column tenant_id set not null;
create index idx_webhook_deliveries_tenant_id on public.webhook_deliveries (tenant_id);
alter table public.import_jobs alter column tenant_id set not null;
create index idx_import_jobs_tenant_id on public.import_jobs (tenant_id);
alter table public.import_row_errors alter column tenant_id set not null;
create index idx_import_row_errors_tenant_id on public.import_row_errors (tenant_id);
alter table public.search_queries alter column tenant_id set not null;
create index idx_search_queries_tenant_id on public.search_queries (tenant_id);
alter table public.sync_logs alter column tenant_id set not null;
create index idx_sync_logs_tenant_id on public.sync_logs (tenant_id);

-- What references point at.
alter table public.dashboards add constraint dashboards_tenant_id_id_key unique (tenant_id, id);
alter table public.saved_reports add constraint saved_reports_tenant_id_id_key unique (tenant_id, id);
alter table public.api_keys add constraint api_keys_tenant_id_id_key unique (tenant_id, id);
alter table public.webhooks add constraint webhooks_tenant_id_id_key unique (tenant_id, id);
alter table public.import_jobs add constraint import_jobs_tenant_id_id_key unique (tenant_id, id);
alter table public.gmail_sync_state add constraint gmail_sync_state_tenant_id_id_key unique (tenant_id, id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.dashboard_widgets drop constraint dashboard_widgets_org_id_dashboard_id_fkey;
alter table public.dashboard_widgets add constraint dashboard_widgets_tenant_id_dashboard_id_fkey
  foreign key (tenant_id, dashboard_id) references public.dashboards (tenant_id, id) on delete cascade;
alter table public.report_runs drop constraint report_runs_org_id_report_id_fkey;
alter table public.report_runs add constraint report_runs_tenant_id_report_id_fkey
  foreign key (tenant_id, report_id) references public.saved_reports (tenant_id, id) on delete cascade;
alter table public.audit_events drop constraint audit_events_org_id_order_id_fkey;
alter table public.audit_events add constraint audit_events_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete set null (order_id);
alter table public.api_request_logs drop constraint api_request_logs_org_id_api_key_id_fkey;
alter table public.api_request_logs add constraint api_request_logs_tenant_id_api_key_id_fkey
  foreign key (tenant_id, api_key_id) references public.api_keys (tenant_id, id) on delete set null (api_key_id);
alter table public.webhook_deliveries drop constraint webhook_deliveries_org_id_webhook_id_fkey;
alter table public.webhook_deliveries add constraint webhook_deliveries_tenant_id_webhook_id_fkey
  foreign key (tenant_id, webhook_id) references public.webhooks (tenant_id, id) on delete cascade;
alter table public.import_row_errors drop constraint import_row_errors_org_id_import_job_id_fkey;
alter table public.import_row_errors add constraint import_row_errors_tenant_id_import_job_id_fkey
  foreign key (tenant_id, import_job_id) references public.import_jobs (tenant_id, id) on delete cascade;
alter table public.sync_logs drop constraint sync_logs_org_id_sync_state_id_fkey;
alter table public.sync_logs add constraint sync_logs_tenant_id_sync_state_id_fkey
  foreign key (tenant_id, sync_state_id) references public.gmail_sync_state (tenant_id, id) on delete set null (sync_state_id);

-- What was unique for a user is unique for the tenant; what two colleagues both used is numbered, the oldest keeps its own.
alter table public.analytics_daily_rollups drop constraint analytics_daily_rollups_org_id_day_key;
alter table public.analytics_daily_rollups add constraint analytics_daily_rollups_tenant_id_org_id_day_key
  unique (tenant_id, org_id, day);
update public.dashboards as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.dashboards
) as same
where same.id = t.id and same.number > 1;
alter table public.dashboards drop constraint dashboards_org_id_name_key;
alter table public.dashboards add constraint dashboards_tenant_id_name_key unique (tenant_id, name);
update public.saved_reports as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.saved_reports
) as same
where same.id = t.id and same.number > 1;
alter table public.saved_reports drop constraint saved_reports_org_id_name_key;
alter table public.saved_reports add constraint saved_reports_tenant_id_name_key unique (tenant_id, name);

-- 5. The policies: by tenant, and none by org_id is left.
drop policy analytics_events_own_select on public.analytics_events;
drop policy analytics_events_own_insert on public.analytics_events;
create policy analytics_events_tenant_isolation on public.analytics_events for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy analytics_events_tenant_insert on public.analytics_events for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy analytics_daily_rollups_own_select on public.analytics_daily_rollups;
create policy analytics_daily_rollups_tenant_isolation on public.analytics_daily_rollups for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy dashboards_own_select on public.dashboards;
drop policy dashboards_own_insert on public.dashboards;
drop policy dashboards_own_update on public.dashboards;
drop policy dashboards_own_delete on public.dashboards;
create policy dashboards_tenant_isolation on public.dashboards for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy dashboard_widgets_own on public.dashboard_widgets;
create policy dashboard_widgets_tenant_isolation on public.dashboard_widgets for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy saved_reports_own_select on public.saved_reports;
drop policy saved_reports_own_insert on public.saved_reports;
drop policy saved_reports_own_update on public.saved_reports;
drop policy saved_reports_own_delete on public.saved_reports;
create policy saved_reports_tenant_isolation on public.saved_reports for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy report_runs_own_select on public.report_runs;
drop policy report_runs_own_insert on public.report_runs;
create policy report_runs_tenant_isolation on public.report_runs for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy report_runs_tenant_insert on public.report_runs for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy audit_events_own_select on public.audit_events;
create policy audit_events_tenant_isolation on public.audit_events for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy api_request_logs_own_select on public.api_request_logs;
create policy api_request_logs_tenant_isolation on public.api_request_logs for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy webhook_deliveries_own_select on public.webhook_deliveries;
create policy webhook_deliveries_tenant_isolation on public.webhook_deliveries for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy import_jobs_own_select on public.import_jobs;
drop policy import_jobs_own_insert on public.import_jobs;
drop policy import_jobs_own_update on public.import_jobs;
drop policy import_jobs_own_delete on public.import_jobs;
create policy import_jobs_tenant_isolation on public.import_jobs for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy import_row_errors_own_select on public.import_row_errors;
drop policy import_row_errors_own_insert on public.import_row_errors;
create policy import_row_errors_tenant_isolation on public.import_row_errors for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy import_row_errors_tenant_insert on public.import_row_errors for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy search_queries_own_select on public.search_queries;
drop policy search_queries_own_insert on public.search_queries;
create policy search_queries_tenant_isolation on public.search_queries for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy search_queries_tenant_insert on public.search_queries for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy sync_logs_own_select on public.sync_logs;
drop policy sync_logs_own_insert on public.sync_logs;
create policy sync_logs_tenant_isolation on public.sync_logs for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy sync_logs_tenant_insert on public.sync_logs for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- 6. Verified before the transaction ends.
do $$
declare
  scoped text;
  missing bigint;
begin
  foreach scoped in array array[
    'analytics_events', 'analytics_daily_rollups', 'dashboards', 'dashboard_widgets',
    'saved_reports', 'report_runs', 'audit_events', 'api_request_logs', 'webhook_deliveries',
    'import_jobs', 'import_row_errors', 'search_queries', 'sync_logs'
  ] loop
    execute format('select count(*) from public.%I where tenant_id is null', scoped) into missing;
    if missing > 0 then
      raise exception '% rows of % have no tenant_id', missing, scoped;
    end if;
  end loop;
end
$$;
