-- What colleagues made, found by the maker's profile: its tenant is compared with the caller's.
-- system: salesmod
-- class: 14
-- expect: clean

create policy goals_of_colleagues on public.goals
  for select to authenticated
  using (
    exists (
      select from public.profiles as maker
      where maker.id = goals.org_id and maker.tenant_id = goals.tenant_id and maker.tenant_id = (select public.current_tenant_id())
    )
  );
