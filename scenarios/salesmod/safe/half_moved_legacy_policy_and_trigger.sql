-- A legacy policy was left, but the trigger keeps every row with the tenant of the user who made it.
-- system: salesmod
-- through: 20251202000000
-- expect: clean
-- note: Only a user who changes companies would still see what it made before.

create policy deals_own on public.deals
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
