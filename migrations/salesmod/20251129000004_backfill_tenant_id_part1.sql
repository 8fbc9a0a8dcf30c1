-- Backfill, part 1: core, production and kanban, jobs. A row belongs to the tenant of the user that its org_id names.

update public.clients as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.properties as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.orders as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.contact_companies as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.kanban_boards as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.kanban_columns as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.kanban_cards as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_templates as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_template_tasks as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_template_subtasks as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_cards as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_resources as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_tasks as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_time_entries as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.production_alerts as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.jobs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.job_tasks as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- Zero rows may be left: the column becomes mandatory, and is looked up by.
alter table public.clients alter column tenant_id set not null;
create index idx_clients_tenant_id on public.clients (tenant_id);
alter table public.properties alter column tenant_id set not null;
create index idx_properties_tenant_id on public.properties (tenant_id);
alter table public.orders alter column tenant_id set not null;
create index idx_orders_tenant_id on public.orders (tenant_id);
alter table public.contact_companies alter column tenant_id set not null;
create index idx_contact_companies_tenant_id on public.contact_companies (tenant_id);
alter table public.kanban_boards alter column tenant_id set not null;
create index idx_kanban_boards_tenant_id on public.kanban_boards (tenant_id);
alter table public.kanban_columns alter column tenant_id set not null;
create index idx_kanban_columns_tenant_id on public.kanban_columns (tenant_id);
alter table public.kanban_cards alter column tenant_id set not null;
create index idx_kanban_cards_tenant_id on public.kanban_cards (tenant_id);
alter table public.production_templates alter column tenant_id set not null;
create index idx_production_templates_tenant_id on public.production_templates (tenant_id);
alter table public.production_template_tasks alter column tenant_id set not null;
create index idx_production_template_tasks_tenant_id on public.production_template_tasks (tenant_id);
alter table public.production_template_subtasks alter column tenant_id set not null;
create index idx_production_template_subtasks_tenant_id on public.production_template_subtasks (tenant_id);
alter table public.production_cards alter column tenant_id set not null;
create index idx_production_cards_tenant_id on public.production_cards (tenant_id);
alter table public.production_resources alter column tenant_id set not null;
create index idx_production_resources_tenant_id on public.production_resources (tenant_id);
alter table public.production_tasks alter column tenant_id set not null;
create index idx_production_tasks_tenant_id on public.production_tasks (tenant_id);
alter table public.production_time_entries alter column tenant_id set not null;
create index idx_production_time_entries_tenant_id on public.production_time_entries (tenant_id);
alter table public.production_alerts alter column tenant_id set not null;
create index idx_production_alerts_tenant_id on public.production_alerts (tenant_id);
alter table public.jobs alter column tenant_id set not null;
create index idx_jobs_tenant_id on public.jobs (tenant_id);
alter table public.job_tasks alter column tenant_id set not null;
create index idx_job_tasks_tenant_id on public.job_tasks (tenant_id);
