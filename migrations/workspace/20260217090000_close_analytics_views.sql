-- Mends recommendation 8: no policy applies to a materialized view (PostgreSQL manual, CREATE POLICY), so members have no
-- grant on these and read them through views and a function that ask for the workspace.

revoke all on public.mv_campaign_performance, public.mv_lead_funnel, public.mv_revenue_forecast from anon, authenticated;

-- These views run as their owner, as members may not read what is below; the barrier keeps conditions of the caller's above the filter.
create view public.campaign_performance
  with (security_barrier = true) as
  select * from public.mv_campaign_performance where public.user_has_workspace_access(mv_campaign_performance.workspace_id);
create view public.revenue_forecast
  with (security_barrier = true) as
  select * from public.mv_revenue_forecast where public.user_has_workspace_access(mv_revenue_forecast.workspace_id);
revoke all on public.campaign_performance, public.revenue_forecast from anon, authenticated;
grant select on public.campaign_performance, public.revenue_forecast to authenticated;

create function public.get_lead_funnel(p_workspace_id uuid)
  returns table (status text, leads bigint, avg_score numeric, day timestamptz)
  language sql stable security definer
  set search_path = ''
as $$
  select funnel.status::text, funnel.count, funnel.avg_score, funnel.date
  from public.mv_lead_funnel as funnel
  where funnel.workspace_id = p_workspace_id and public.user_has_workspace_access(funnel.workspace_id)
$$;
revoke execute on function public.get_lead_funnel(uuid) from public, anon;
