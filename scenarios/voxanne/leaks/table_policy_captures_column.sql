-- Inside the subquery both names mean the outer row's column, so the comparison is always true.
-- system: voxanne
-- class: 14
-- expect: leak read-row on public.call_tracking at call_tracking_org_select

drop policy call_tracking_org on public.call_tracking;
create policy call_tracking_org_select on public.call_tracking
  for select to authenticated
  using (exists (select from public.organizations where organizations.id = public.auth_org_id() and org_id = org_id));
