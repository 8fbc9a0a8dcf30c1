-- Members see their own numbers only, but a bare DELETE empties everybody's list.
-- system: voxanne
-- class: 32
-- expect: leak delete-row on public.dnc_list at dnc_list_org_delete

drop policy dnc_list_org on public.dnc_list;

create policy dnc_list_org_select on public.dnc_list
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

create policy dnc_list_org_insert on public.dnc_list
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy dnc_list_org_update on public.dnc_list
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy dnc_list_org_delete on public.dnc_list
  for delete to authenticated
  using (true);
