-- The workspace is asked for and the user is not: colleagues read each other's notifications.
-- system: workspace
-- expect: leak read-row on public.notifications at notifications_own
-- note: Inside of one workspace: the victim is a colleague.

alter policy notifications_own on public.notifications
  using (public.user_has_workspace_access(workspace_id))
  with check (user_id = (select auth.uid()) and public.user_has_workspace_access(workspace_id));
