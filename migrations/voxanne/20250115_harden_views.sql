-- Mends the views: each runs as its caller, so the policies of the tables below it decide.

alter view public.call_overview set (security_invoker = true);
alter view public.campaign_performance set (security_invoker = true);
