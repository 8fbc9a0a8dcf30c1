-- A policy from the first day was never dropped, and permissive policies are ORed.
-- system: voxanne
-- class: 17
-- expect: leak read-row on public.consent_records at consent_records_signed_in

create policy consent_records_signed_in on public.consent_records
  for select to authenticated
  using ((select auth.uid()) is not null);
