-- No policy applies to a materialized view, and the default privileges opened this one.
-- system: voxanne
-- class: 47
-- expect: leak read-by-matview on public.mv_lead_funnel at mv_lead_funnel
-- note: Rows of the world are in it after a REFRESH.

create materialized view public.mv_lead_funnel as
  select leads.org_id, leads.status, count(*) as leads, min(leads.full_name) as example
  from public.leads
  group by leads.org_id, leads.status;

create unique index mv_lead_funnel_key on public.mv_lead_funnel (org_id, status);
