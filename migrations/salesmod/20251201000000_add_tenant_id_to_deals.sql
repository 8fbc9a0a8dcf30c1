-- Deals are the tenant's: the six steps of the plan.

-- 1. The column, and the trigger that fills it for rows written from now on.
alter table public.deals add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_deals_tenant_id
  before insert or update on public.deals
  for each row execute function public.set_tenant_id();

-- 2. The backfill.
update public.deals as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- 3. and 4. Mandatory and indexed.
alter table public.deals alter column tenant_id set not null;
create index idx_deals_tenant_id on public.deals (tenant_id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.deals drop constraint deals_org_id_client_id_fkey;
alter table public.deals add constraint deals_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete set null (client_id);

-- 5. The policies: by tenant, and none by org_id is left.
drop policy deals_own_select on public.deals;
drop policy deals_own_insert on public.deals;
drop policy deals_own_update on public.deals;
drop policy deals_own_delete on public.deals;
create policy deals_tenant_isolation on public.deals for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- 6. Verified before the transaction ends.
do $$
declare
  scoped text;
  missing bigint;
begin
  foreach scoped in array array[
    'deals'
  ] loop
    execute format('select count(*) from public.%I where tenant_id is null', scoped) into missing;
    if missing > 0 then
      raise exception '% rows of % have no tenant_id', missing, scoped;
    end if;
  end loop;
end
$$;
