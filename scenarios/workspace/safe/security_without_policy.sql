-- Row security is on and no policy stands: nobody reads, also with every grant.
-- system: workspace
-- class: 2
-- expect: clean

drop policy workspace_select on public.webhook_deliveries;
drop policy workspace_insert on public.webhook_deliveries;
drop policy workspace_update on public.webhook_deliveries;
drop policy workspace_delete on public.webhook_deliveries;
grant all on public.webhook_deliveries to service_role;
