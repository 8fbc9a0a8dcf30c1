-- A partition that members may name carries row security and its parent's policy.
-- system: workspace
-- class: 59
-- expect: clean

create policy workspace_select on public.kernel_events_2026_01
  for select
  using (public.user_has_workspace_access(workspace_id));
grant select on public.kernel_events_2026_01 to authenticated;
