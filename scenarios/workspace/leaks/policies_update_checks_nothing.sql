-- The template's update policy got a write check of true: a member gives its rows to another workspace.
-- system: workspace
-- class: 31
-- expect: leak reassign-row on public.tags at workspace_update

alter policy workspace_update on public.tags
  with check (true);
