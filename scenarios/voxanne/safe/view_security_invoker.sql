-- The same view, reading as its caller.
-- system: voxanne
-- class: 44, 98
-- expect: clean

create view public.lead_directory
  with (security_invoker = true) as
  select leads.id, leads.org_id, leads.full_name, leads.phone, leads.status
  from public.leads
  where leads.deleted_at is null;

revoke all on public.lead_directory from authenticated;
grant select on public.lead_directory to authenticated;
