-- tenant_id for the first 31 tables: core, production and kanban, jobs, agent, campaigns and webinars, finance and the rest.
-- contacts, deals and activities were missed and follow in December.

alter table public.clients add column tenant_id uuid references public.tenants (id);
alter table public.properties add column tenant_id uuid references public.tenants (id);
alter table public.orders add column tenant_id uuid references public.tenants (id);
alter table public.contact_companies add column tenant_id uuid references public.tenants (id);
alter table public.kanban_boards add column tenant_id uuid references public.tenants (id);
alter table public.kanban_columns add column tenant_id uuid references public.tenants (id);
alter table public.kanban_cards add column tenant_id uuid references public.tenants (id);
alter table public.production_templates add column tenant_id uuid references public.tenants (id);
alter table public.production_template_tasks add column tenant_id uuid references public.tenants (id);
alter table public.production_template_subtasks add column tenant_id uuid references public.tenants (id);
alter table public.production_cards add column tenant_id uuid references public.tenants (id);
alter table public.production_resources add column tenant_id uuid references public.tenants (id);
alter table public.production_tasks add column tenant_id uuid references public.tenants (id);
alter table public.production_time_entries add column tenant_id uuid references public.tenants (id);
alter table public.production_alerts add column tenant_id uuid references public.tenants (id);
alter table public.jobs add column tenant_id uuid references public.tenants (id);
alter table public.job_tasks add column tenant_id uuid references public.tenants (id);
alter table public.agent_settings add column tenant_id uuid references public.tenants (id);
alter table public.agent_runs add column tenant_id uuid references public.tenants (id);
alter table public.agent_memories add column tenant_id uuid references public.tenants (id);
alter table public.agent_drafts add column tenant_id uuid references public.tenants (id);
alter table public.agent_reviews add column tenant_id uuid references public.tenants (id);
alter table public.campaigns add column tenant_id uuid references public.tenants (id);
alter table public.webinars add column tenant_id uuid references public.tenants (id);
alter table public.webinar_registrations add column tenant_id uuid references public.tenants (id);
alter table public.products add column tenant_id uuid references public.tenants (id);
alter table public.invoices add column tenant_id uuid references public.tenants (id);
alter table public.invoice_line_items add column tenant_id uuid references public.tenants (id);
alter table public.goals add column tenant_id uuid references public.tenants (id);
alter table public.oauth_tokens add column tenant_id uuid references public.tenants (id);
alter table public.field_service_requests add column tenant_id uuid references public.tenants (id);

-- Rows that are written while the backfill is under way are told their tenant by a trigger: the caller's, whatever was sent.
-- Runs as its owner, because a job of the backend may write for any user. A row keeps both its org_id and its tenant_id.
create function public.set_tenant_id() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  caller uuid := auth.uid();
begin
  if tg_op = 'INSERT' then
    new.org_id := coalesce(caller, new.org_id);
    if caller is not null or new.tenant_id is null then
      select profiles.tenant_id into new.tenant_id from public.profiles where profiles.id = new.org_id;
    end if;
  elsif new.org_id is distinct from old.org_id
    or (old.tenant_id is not null and new.tenant_id is distinct from old.tenant_id) then
    raise exception 'the owner of a row of % cannot be changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
revoke execute on function public.set_tenant_id() from public, anon, authenticated;

create trigger trigger_set_clients_tenant_id
  before insert or update on public.clients
  for each row execute function public.set_tenant_id();
create trigger trigger_set_properties_tenant_id
  before insert or update on public.properties
  for each row execute function public.set_tenant_id();
create trigger trigger_set_orders_tenant_id
  before insert or update on public.orders
  for each row execute function public.set_tenant_id();
create trigger trigger_set_contact_companies_tenant_id
  before insert or update on public.contact_companies
  for each row execute function public.set_tenant_id();
create trigger trigger_set_kanban_boards_tenant_id
  before insert or update on public.kanban_boards
  for each row execute function public.set_tenant_id();
create trigger trigger_set_kanban_columns_tenant_id
  before insert or update on public.kanban_columns
  for each row execute function public.set_tenant_id();
create trigger trigger_set_kanban_cards_tenant_id
  before insert or update on public.kanban_cards
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_templates_tenant_id
  before insert or update on public.production_templates
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_template_tasks_tenant_id
  before insert or update on public.production_template_tasks
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_template_subtasks_tenant_id
  before insert or update on public.production_template_subtasks
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_cards_tenant_id
  before insert or update on public.production_cards
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_resources_tenant_id
  before insert or update on public.production_resources
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_tasks_tenant_id
  before insert or update on public.production_tasks
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_time_entries_tenant_id
  before insert or update on public.production_time_entries
  for each row execute function public.set_tenant_id();
create trigger trigger_set_production_alerts_tenant_id
  before insert or update on public.production_alerts
  for each row execute function public.set_tenant_id();
create trigger trigger_set_jobs_tenant_id
  before insert or update on public.jobs
  for each row execute function public.set_tenant_id();
create trigger trigger_set_job_tasks_tenant_id
  before insert or update on public.job_tasks
  for each row execute function public.set_tenant_id();
create trigger trigger_set_agent_settings_tenant_id
  before insert or update on public.agent_settings
  for each row execute function public.set_tenant_id();
create trigger trigger_set_agent_runs_tenant_id
  before insert or update on public.agent_runs
  for each row execute function public.set_tenant_id();
create trigger trigger_set_agent_memories_tenant_id
  before insert or update on public.agent_memories
  for each row execute function public.set_tenant_id();
create trigger trigger_set_agent_drafts_tenant_id
  before insert or update on public.agent_drafts
  for each row execute function public.set_tenant_id();
create trigger trigger_set_agent_reviews_tenant_id
  before insert or update on public.agent_reviews
  for each row execute function public.set_tenant_id();
create trigger trigger_set_campaigns_tenant_id
  before insert or update on public.campaigns
  for each row execute function public.set_tenant_id();
create trigger trigger_set_webinars_tenant_id
  before insert or update on public.webinars
  for each row execute function public.set_tenant_id();
create trigger trigger_set_webinar_registrations_tenant_id
  before insert or update on public.webinar_registrations
  for each row execute function public.set_tenant_id();
create trigger trigger_set_products_tenant_id
  before insert or update on public.products
  for each row execute function public.set_tenant_id();
create trigger trigger_set_invoices_tenant_id
  before insert or update on public.invoices
  for each row execute function public.set_tenant_id();
create trigger trigger_set_invoice_line_items_tenant_id
  before insert or update on public.invoice_line_items
  for each row execute function public.set_tenant_id();
create trigger trigger_set_goals_tenant_id
  before insert or update on public.goals
  for each row execute function public.set_tenant_id();
create trigger trigger_set_oauth_tokens_tenant_id
  before insert or update on public.oauth_tokens
  for each row execute function public.set_tenant_id();
create trigger trigger_set_field_service_requests_tenant_id
  before insert or update on public.field_service_requests
  for each row execute function public.set_tenant_id();
