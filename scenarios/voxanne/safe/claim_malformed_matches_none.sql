-- The claim is compared as text: absent, empty or malformed it equals no organization.
-- system: voxanne
-- class: 16, 90
-- expect: clean

drop policy sentiment_analysis_org on public.sentiment_analysis;

create policy sentiment_analysis_org_select on public.sentiment_analysis
  for select to authenticated
  using (org_id::text = lower(coalesce(auth.jwt() -> 'app_metadata' ->> 'org_id', '')));

create policy sentiment_analysis_org_insert on public.sentiment_analysis
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy sentiment_analysis_org_update on public.sentiment_analysis
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy sentiment_analysis_org_delete on public.sentiment_analysis
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
