-- The same policy as a restrictive one narrows what the others allow.
-- system: voxanne
-- class: 17
-- expect: clean

create policy consent_records_signed_in on public.consent_records
  as restrictive for select to authenticated
  using ((select auth.uid()) is not null);
