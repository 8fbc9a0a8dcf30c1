-- The guard only speaks when a user is signed in, so a visitor passes it.
-- system: voxanne
-- class: 49
-- expect: leak call-definer on public.export_leads at export_leads

create function public.export_leads(p_org_id uuid) returns setof public.leads
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  if auth.uid() is not null and p_org_id is distinct from public.auth_org_id() then
    raise exception 'not your organization' using errcode = 'insufficient_privilege';
  end if;
  return query select * from public.leads where leads.org_id = p_org_id;
end
$$;

grant execute on function public.export_leads(uuid) to anon, authenticated, service_role;
