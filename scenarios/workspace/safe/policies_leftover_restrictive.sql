-- The same policy as a restrictive one narrows what the template allows.
-- system: workspace
-- class: 17
-- expect: clean

create policy leads_signed_in on public.leads
  as restrictive for select to authenticated
  using ((select auth.uid()) is not null);
