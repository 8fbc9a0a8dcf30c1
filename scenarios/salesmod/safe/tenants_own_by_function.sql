-- The caller's tenant is found by the function instead of by the profile: the same row.
-- system: salesmod
-- expect: clean

create policy tenants_own on public.tenants
  for select to authenticated
  using (id = (select public.current_tenant_id()));
