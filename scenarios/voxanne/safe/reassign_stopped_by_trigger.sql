-- The write check is true, but the immutability trigger lets no row change its organization.
-- system: voxanne
-- class: 31
-- expect: clean

drop policy phone_blacklist_org on public.phone_blacklist;

create policy phone_blacklist_org_select on public.phone_blacklist
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

create policy phone_blacklist_org_insert on public.phone_blacklist
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy phone_blacklist_org_update on public.phone_blacklist
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (true);

create policy phone_blacklist_org_delete on public.phone_blacklist
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
