-- Inside of the subquery workspace_id means the asset's own column on both sides, so the comparison holds for every approval.
-- system: workspace
-- class: 14
-- expect: leak read-row on public.asset_approvals at workspace_isolation

drop policy workspace_select on public.asset_approvals;
create policy workspace_isolation on public.asset_approvals
  for select
  using (
    exists (
      select
      from public.assets
      where assets.workspace_id = workspace_id and public.user_has_workspace_access(workspace_id)
    )
  );
