-- Recommendation 1, phase 1: the audit, over every dual-scoped table instead of two, and what it found is written down and settled.

-- Counts, as the recommendation asks for them.
create function public.audit_dual_scoping()
  returns table (table_name text, null_workspace bigint, null_tenant bigint, mismatched bigint)
  language plpgsql stable
  set search_path = ''
as $$
declare
  scoped record;
begin
  for scoped in
    select pg_class.relname::text as name
    from pg_catalog.pg_class
    where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind in ('r', 'p')
      and (
        select count(*)
        from pg_catalog.pg_attribute
        where pg_attribute.attrelid = pg_class.oid and pg_attribute.attname in ('workspace_id', 'tenant_id')
      ) = 2
    order by pg_class.relname
  loop
    return query execute format(
      'select %L::text, count(*) filter (where workspace_id is null), count(*) filter (where tenant_id is null), '
      'count(*) filter (where workspace_id <> tenant_id) from public.%I',
      scoped.name, scoped.name
    );
  end loop;
end
$$;
revoke execute on function public.audit_dual_scoping() from public, anon, authenticated;

-- Rows whose two columns named two workspaces, for a person to look at. Only the backend may.
create table public.dual_scope_mismatches (
  id bigint generated always as identity primary key,
  table_name text not null,
  row_id text not null,
  workspace_said uuid,
  tenant_said uuid,
  found_at timestamptz not null default now()
);
alter table public.dual_scope_mismatches enable row level security;
revoke all on public.dual_scope_mismatches from anon, authenticated;

do $$
declare
  scoped record;
begin
  for scoped in select audited.table_name as name from public.audit_dual_scoping() as audited loop
    execute format(
      'insert into public.dual_scope_mismatches (table_name, row_id, workspace_said, tenant_said) '
      'select %L, id::text, workspace_id, tenant_id from public.%I where workspace_id <> tenant_id or workspace_id is null',
      scoped.name, scoped.name
    );
  end loop;
end
$$;

-- Only the two tables that were given their columns later have rows without workspace_id. tenant_id says whose they are, or the
-- campaign does. What is nobody's goes to a workspace without members: no row is lost, and nobody sees it who did not before.
update public.cmo_campaigns
set workspace_id = tenant_id
where workspace_id is null and tenant_id in (select id from public.workspaces);
insert into public.workspaces (id, name)
select 'f0000000-0000-4000-8000-000000000001', 'Unassigned rows'
where exists (select from public.cmo_campaigns where workspace_id is null)
  or exists (select from public.cmo_content_assets where workspace_id is null);
update public.cmo_campaigns
set workspace_id = 'f0000000-0000-4000-8000-000000000001', owner_id = null
where workspace_id is null;
update public.cmo_content_assets as asset
set workspace_id = campaign.workspace_id
from public.cmo_campaigns as campaign
where asset.workspace_id is null and campaign.id = asset.campaign_id;
update public.cmo_content_assets
set workspace_id = coalesce(
  (select id from public.workspaces where id = cmo_content_assets.tenant_id), 'f0000000-0000-4000-8000-000000000001'
)
where workspace_id is null;
alter table public.cmo_campaigns alter column workspace_id set not null;
alter table public.cmo_content_assets alter column workspace_id set not null;
create index idx_cmo_content_assets_workspace_id on public.cmo_content_assets (workspace_id);

-- Where the two disagree, workspace_id is right: policies have gone by it.
do $$
declare
  scoped record;
begin
  for scoped in select audited.table_name as name from public.audit_dual_scoping() as audited loop
    execute format('update public.%I set tenant_id = workspace_id where tenant_id is distinct from workspace_id', scoped.name);
  end loop;
end
$$;
