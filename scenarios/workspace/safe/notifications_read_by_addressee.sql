-- The user alone is asked for what is read, and the reference holds user and workspace together.
-- system: workspace
-- expect: clean

drop policy notifications_own on public.notifications;
create policy notifications_read on public.notifications
  for select to authenticated
  using (user_id = (select auth.uid()));
revoke insert, update, delete on public.notifications from authenticated;
