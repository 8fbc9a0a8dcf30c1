-- A setting that any session may set can only take rows away.
-- system: voxanne
-- class: 29
-- expect: clean

drop policy cold_call_logs_org on public.cold_call_logs;

create policy cold_call_logs_org_select on public.cold_call_logs
  for select to authenticated
  using (coalesce(current_setting('app.hide_calls', true), 'off') <> 'on' and org_id = (select public.auth_org_id()));

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
