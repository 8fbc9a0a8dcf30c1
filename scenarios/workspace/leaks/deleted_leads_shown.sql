-- Whatever was deleted is shown to everybody.
-- system: workspace
-- class: 19
-- expect: leak read-row on public.leads at workspace_select

alter policy workspace_select on public.leads
  using (public.user_has_workspace_access(workspace_id) or deleted_at is not null);
