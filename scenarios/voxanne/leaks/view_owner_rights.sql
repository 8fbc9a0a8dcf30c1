-- A view without security_invoker reads as its owner, whom no policy holds back.
-- system: voxanne
-- class: 44
-- expect: leak read-by-view on public.lead_directory at lead_directory

create view public.lead_directory as
  select leads.id, leads.org_id, leads.full_name, leads.phone, leads.status
  from public.leads
  where leads.deleted_at is null;

revoke all on public.lead_directory from authenticated;
grant select on public.lead_directory to authenticated;
