-- Rows that the backfill has not reached stay with the user who made them.
-- system: salesmod
-- class: 12
-- through: 20251202000000
-- expect: clean

alter table public.audit_events add column tenant_id uuid references public.tenants (id);
create policy audit_events_tenant_isolation on public.audit_events
  for select to authenticated
  using (
    tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid())
    or tenant_id is null and org_id = auth.uid()
  );
