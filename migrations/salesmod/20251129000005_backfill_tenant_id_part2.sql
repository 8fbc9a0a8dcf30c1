-- Backfill, part 2: agent, campaigns and webinars, finance and the rest.

update public.agent_settings as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.agent_runs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.agent_memories as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.agent_drafts as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.agent_reviews as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.campaigns as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.webinars as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.webinar_registrations as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.products as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.invoices as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.invoice_line_items as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.goals as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.oauth_tokens as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.field_service_requests as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- Zero rows may be left: the column becomes mandatory, and is looked up by.
alter table public.agent_settings alter column tenant_id set not null;
create index idx_agent_settings_tenant_id on public.agent_settings (tenant_id);
alter table public.agent_runs alter column tenant_id set not null;
create index idx_agent_runs_tenant_id on public.agent_runs (tenant_id);
alter table public.agent_memories alter column tenant_id set not null;
create index idx_agent_memories_tenant_id on public.agent_memories (tenant_id);
alter table public.agent_drafts alter column tenant_id set not null;
create index idx_agent_drafts_tenant_id on public.agent_drafts (tenant_id);
alter table public.agent_reviews alter column tenant_id set not null;
create index idx_agent_reviews_tenant_id on public.agent_reviews (tenant_id);
alter table public.campaigns alter column tenant_id set not null;
create index idx_campaigns_tenant_id on public.campaigns (tenant_id);
alter table public.webinars alter column tenant_id set not null;
create index idx_webinars_tenant_id on public.webinars (tenant_id);
alter table public.webinar_registrations alter column tenant_id set not null;
create index idx_webinar_registrations_tenant_id on public.webinar_registrations (tenant_id);
alter table public.products alter column tenant_id set not null;
create index idx_products_tenant_id on public.products (tenant_id);
alter table public.invoices alter column tenant_id set not null;
create index idx_invoices_tenant_id on public.invoices (tenant_id);
alter table public.invoice_line_items alter column tenant_id set not null;
create index idx_invoice_line_items_tenant_id on public.invoice_line_items (tenant_id);
alter table public.goals alter column tenant_id set not null;
create index idx_goals_tenant_id on public.goals (tenant_id);
alter table public.oauth_tokens alter column tenant_id set not null;
create index idx_oauth_tokens_tenant_id on public.oauth_tokens (tenant_id);
alter table public.field_service_requests alter column tenant_id set not null;
create index idx_field_service_requests_tenant_id on public.field_service_requests (tenant_id);
