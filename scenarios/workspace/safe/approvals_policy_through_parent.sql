-- The quick win of the recommendations: the workspace of this row's asset is asked for.
-- system: workspace
-- class: 13
-- expect: clean
-- note: The reference of the asset carries the workspace, so that the row's own column agrees with what is asked.

drop policy workspace_select on public.asset_approvals;
drop policy workspace_insert on public.asset_approvals;
drop policy workspace_update on public.asset_approvals;
drop policy workspace_delete on public.asset_approvals;
create policy workspace_isolation on public.asset_approvals
  for all
  using (
    public.user_has_workspace_access((select workspace_id from public.assets where id = asset_approvals.asset_id))
  );
