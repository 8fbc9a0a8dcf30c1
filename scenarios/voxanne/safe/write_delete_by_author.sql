-- Only the author of a row in its own organization deletes it: the DELETE policy is narrower than the SELECT policy.
-- system: voxanne
-- class: 32
-- expect: clean
-- note: A member sees rows of its colleagues that it cannot delete; that is intended.

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
  using (org_id = (select public.auth_org_id()) and user_id = (select auth.uid()));
