-- A setting that any session may set opens the table: whoever can run set_config reads everything.
-- system: voxanne
-- class: 29
-- expect: leak claim-editable on public.cold_call_logs at cold_call_logs_org_select
-- note: Needs a caller who can set a setting; a gateway does not offer it by itself.

drop policy cold_call_logs_org on public.cold_call_logs;

create policy cold_call_logs_org_select on public.cold_call_logs
  for select to authenticated
  using (current_setting('app.support_mode', true) = 'on' or org_id = (select public.auth_org_id()));

create policy cold_call_logs_org_insert on public.cold_call_logs
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy cold_call_logs_org_update on public.cold_call_logs
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy cold_call_logs_org_delete on public.cold_call_logs
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
