-- A policy without a role is for everybody, and its condition holds for every caller with any claims.
-- system: voxanne
-- class: 7
-- expect: leak read-row on public.hallucination_flags at hallucination_flags_read

create policy hallucination_flags_read on public.hallucination_flags
  for select
  using (auth.jwt() is not null);
