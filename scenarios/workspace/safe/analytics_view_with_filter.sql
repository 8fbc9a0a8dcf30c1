-- The same view asks for the workspace of each row.
-- system: workspace
-- class: 44
-- expect: clean

create view public.lead_funnel
  with (security_barrier = true) as
  select workspace_id, status, count, avg_score, date
  from public.mv_lead_funnel
  where public.user_has_workspace_access(mv_lead_funnel.workspace_id);
grant select on public.lead_funnel to authenticated;
