-- A policy that lets everything through is for the backend's role, which passes row security anyway.
-- system: voxanne
-- class: 17
-- expect: clean

create policy consent_records_backend on public.consent_records
  for all to service_role
  using (true)
  with check (true);
