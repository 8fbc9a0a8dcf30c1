-- A member gives itself a role in a workspace that it belongs to: no business of other workspaces.
-- system: workspace
-- expect: clean
-- note: That a member promotes itself is a question of rank inside of one workspace.

create policy user_roles_take on public.user_roles
  for insert to authenticated
  with check (user_id = (select auth.uid()) and public.user_has_workspace_access(workspace_id));
