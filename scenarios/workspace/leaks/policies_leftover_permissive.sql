-- The template stands, and so does a policy of the first day; permissive policies are ORed.
-- system: workspace
-- class: 17
-- expect: leak read-row on public.leads at leads_signed_in

create policy leads_signed_in on public.leads
  for select to authenticated
  using ((select auth.uid()) is not null);
