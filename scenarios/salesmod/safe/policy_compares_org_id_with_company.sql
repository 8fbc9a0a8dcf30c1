-- A policy compares org_id, a user's id, with a company's id: it matches nothing, and the policy by tenant decides.
-- system: salesmod
-- through: 20251202000000
-- expect: clean

create policy clients_of_company on public.clients
  for select to authenticated
  using (org_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
