-- The guard compares with what may be NULL by IS DISTINCT FROM, so a visitor is refused.
-- system: voxanne
-- class: 49
-- expect: clean

create function public.export_leads(p_org_id uuid) returns setof public.leads
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  if public.auth_org_id() is null or p_org_id is distinct from public.auth_org_id() then
    raise exception 'not your organization' using errcode = 'insufficient_privilege';
  end if;
  return query select * from public.leads where leads.org_id = p_org_id;
end
$$;

grant execute on function public.export_leads(uuid) to anon, authenticated, service_role;
