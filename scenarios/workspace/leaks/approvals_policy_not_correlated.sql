-- The parent is asked for, but not the parent of this row: who has any asset sees every approval.
-- system: workspace
-- class: 13
-- expect: leak read-row on public.asset_approvals at workspace_isolation
-- note: The policy of assets applies inside of the subquery, so its first row is one of the caller's own.

drop policy workspace_select on public.asset_approvals;
create policy workspace_isolation on public.asset_approvals
  for select
  using (public.user_has_workspace_access((select assets.workspace_id from public.assets order by assets.created_at limit 1)));
