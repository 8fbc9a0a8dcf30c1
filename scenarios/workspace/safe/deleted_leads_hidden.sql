-- Deleted rows are shown to administrators alone, within the workspace.
-- system: workspace
-- class: 19
-- expect: clean

alter policy workspace_select on public.leads
  using (
    public.user_has_workspace_access(workspace_id)
    and (deleted_at is null or public.user_administers_workspace(workspace_id))
  );
