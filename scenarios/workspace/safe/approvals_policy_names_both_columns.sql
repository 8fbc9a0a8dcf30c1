-- Inside of the subquery each column is named with its table.
-- system: workspace
-- class: 14
-- expect: clean

drop policy workspace_select on public.asset_approvals;
create policy workspace_isolation on public.asset_approvals
  for select
  using (
    exists (
      select
      from public.assets
      where assets.id = asset_approvals.asset_id and assets.workspace_id = asset_approvals.workspace_id
        and public.user_has_workspace_access(assets.workspace_id)
    )
  );
