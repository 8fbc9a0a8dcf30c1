-- The policy asks for the owner of this row's contact.
-- system: salesmod
-- class: 13
-- through: 20251116000002
-- expect: clean

alter policy lead_scores_org_select on public.lead_scores
  using (
    exists (
      select from public.contacts where contacts.id = lead_scores.contact_id and contacts.org_id = auth.uid()
    )
  );
