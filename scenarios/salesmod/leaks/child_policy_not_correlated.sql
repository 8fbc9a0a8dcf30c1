-- The policy asks whether the caller has any contact at all, not whether it is this row's contact.
-- system: salesmod
-- class: 13
-- through: 20251116000002
-- expect: leak read-row on public.lead_scores at lead_scores_org_select

alter policy lead_scores_org_select on public.lead_scores
  using (exists (select from public.contacts where contacts.org_id = auth.uid()));
