-- Members see their own templates only, but a bare UPDATE reaches everybody's.
-- system: voxanne
-- class: 33
-- expect: leak update-row on public.outreach_templates at outreach_templates_org_update

drop policy outreach_templates_org on public.outreach_templates;

create policy outreach_templates_org_select on public.outreach_templates
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

create policy outreach_templates_org_insert on public.outreach_templates
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy outreach_templates_org_update on public.outreach_templates
  for update to authenticated
  using (true)
  with check (true);

create policy outreach_templates_org_delete on public.outreach_templates
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
