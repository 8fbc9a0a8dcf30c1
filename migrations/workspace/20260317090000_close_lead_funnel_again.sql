-- Mends what recommendation 9 reopened: a materialized view that is made anew has lost its revokes.

revoke all on public.mv_lead_funnel from anon, authenticated;
