-- A table has moved, its legacy policy was left and the trigger forgotten: a member writes rows into any tenant.
-- system: salesmod
-- through: 20251202000000
-- expect: leak insert-row on public.goals at goals_own

drop trigger trigger_set_goals_tenant_id on public.goals;
create policy goals_own on public.goals
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
