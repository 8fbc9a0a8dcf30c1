-- Without a user in the token the condition is false.
-- system: voxanne
-- class: 11
-- expect: clean

drop policy call_logs_org on public.call_logs;

create policy call_logs_org_select on public.call_logs
  for select to authenticated
  using ((select auth.uid()) is not null and org_id = (select public.auth_org_id()));

create policy call_logs_org_insert on public.call_logs
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy call_logs_org_update on public.call_logs
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy call_logs_org_delete on public.call_logs
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
