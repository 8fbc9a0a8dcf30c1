-- A claim that cannot be read falls back to the first organization instead of to none.
-- system: voxanne
-- class: 90
-- expect: leak claim-malformed on public.integrations at caller_org
-- expect: leak claim-absent on public.integrations at caller_org
-- note: Only the organization with the lowest id is exposed, and it itself gains nothing. The function also tells that id when it is called.

create function public.caller_org() returns uuid
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  return coalesce(
    (auth.jwt() -> 'app_metadata' ->> 'org_id')::uuid,
    (select integrations.org_id from public.integrations order by integrations.org_id limit 1)
  );
exception
  when others then
    return (select integrations.org_id from public.integrations order by integrations.org_id limit 1);
end
$$;

grant execute on function public.caller_org() to authenticated;

drop policy integrations_org on public.integrations;

create policy integrations_org_select on public.integrations
  for select to authenticated
  using (org_id = (select public.caller_org()));

create policy integrations_org_insert on public.integrations
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy integrations_org_update on public.integrations
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy integrations_org_delete on public.integrations
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
