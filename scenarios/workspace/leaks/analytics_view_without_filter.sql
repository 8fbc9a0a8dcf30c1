-- A view gives members the materialized view that they have no grant on, and forgets the filter.
-- system: workspace
-- class: 44
-- expect: leak read-by-view on public.lead_funnel at lead_funnel

create view public.lead_funnel
  with (security_barrier = true) as
  select workspace_id, status, count, avg_score, date from public.mv_lead_funnel;
grant select on public.lead_funnel to authenticated;
