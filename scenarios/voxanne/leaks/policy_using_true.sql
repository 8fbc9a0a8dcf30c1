-- Every signed-in user reads the leads of every organization.
-- system: voxanne
-- class: 9
-- expect: leak read-row on public.leads at leads_org_select

alter policy leads_org_select on public.leads using (true);
