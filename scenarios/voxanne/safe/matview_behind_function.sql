-- Members have no grant on the materialized view and read it through a function that names their organization.
-- system: voxanne
-- class: 47
-- expect: clean

create materialized view public.mv_lead_funnel as
  select leads.org_id, leads.status, count(*) as leads, min(leads.full_name) as example
  from public.leads
  group by leads.org_id, leads.status;

create unique index mv_lead_funnel_key on public.mv_lead_funnel (org_id, status);

revoke all on public.mv_lead_funnel from anon, authenticated;

create function public.lead_funnel() returns setof public.mv_lead_funnel
  language sql stable security definer
  set search_path = ''
as $$
  select * from public.mv_lead_funnel where mv_lead_funnel.org_id = (select public.auth_org_id())
$$;

grant execute on function public.lead_funnel() to authenticated;
