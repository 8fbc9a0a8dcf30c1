-- Rows that the backfill has not reached stay with the user who made them.
-- system: salesmod
-- through: 20251202000000
-- expect: clean

alter table public.dashboards add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_dashboards_tenant_id
  before insert or update on public.dashboards
  for each row execute function public.set_tenant_id();
create policy dashboards_tenant_isolation on public.dashboards
  for select to authenticated
  using (
    tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid())
    or tenant_id is null and org_id = auth.uid()
  );
