-- A view that reads as its owner names the caller's organization itself, behind a security barrier.
-- system: voxanne
-- class: 44
-- expect: clean

create view public.lead_directory
  with (security_barrier = true) as
  select leads.id, leads.org_id, leads.full_name, leads.phone, leads.status
  from public.leads
  where leads.deleted_at is null and leads.org_id = (select public.auth_org_id());

revoke all on public.lead_directory from authenticated;
grant select on public.lead_directory to authenticated;
