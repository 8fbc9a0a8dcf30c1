-- The same function runs as its caller, and the policies of deals decide.
-- system: workspace
-- class: 50
-- expect: clean

create function public.get_pipeline(p_workspace_id uuid) returns table (stage text, deals bigint, value numeric)
  language sql stable security invoker
  set search_path = ''
as $$
  select deals.stage, count(*), sum(deals.value) from public.deals where deals.workspace_id = p_workspace_id group by deals.stage
$$;
grant execute on function public.get_pipeline(uuid) to authenticated;
