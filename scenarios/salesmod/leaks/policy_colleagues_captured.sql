-- Meant: what colleagues made. But tenant_id on both sides is the profile's own, so everybody is a colleague.
-- system: salesmod
-- class: 14
-- expect: leak read-row on public.goals at goals_of_colleagues

create policy goals_of_colleagues on public.goals
  for select to authenticated
  using (
    exists (
      select from public.profiles as mine where mine.id = auth.uid() and mine.tenant_id = tenant_id
    )
  );
