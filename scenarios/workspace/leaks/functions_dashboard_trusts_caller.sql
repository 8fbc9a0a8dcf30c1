-- A function that runs as its owner counts the rows of whichever workspace the caller names.
-- system: workspace
-- class: 50
-- expect: leak call-definer on public.get_pipeline at get_pipeline

create function public.get_pipeline(p_workspace_id uuid) returns table (stage text, deals bigint, value numeric)
  language sql stable security definer
  set search_path = ''
as $$
  select deals.stage, count(*), sum(deals.value) from public.deals where deals.workspace_id = p_workspace_id group by deals.stage
$$;
grant execute on function public.get_pipeline(uuid) to authenticated;
