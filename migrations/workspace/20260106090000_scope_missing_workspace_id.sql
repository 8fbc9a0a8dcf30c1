-- Mends recommendation 2: the new column agrees with the parent's, roles are given by administrators,
-- and a notification is read by the user that it is addressed to.

alter table public.asset_approvals drop constraint asset_approvals_asset_id_fkey;
alter table public.asset_approvals add constraint asset_approvals_asset_id_fkey
  foreign key (workspace_id, asset_id) references public.assets (workspace_id, id) on delete cascade;

alter table public.workspace_members add constraint workspace_members_workspace_id_id_user_id_key unique (workspace_id, id, user_id);
alter table public.user_roles drop constraint user_roles_member_fkey;
alter table public.user_roles add constraint user_roles_member_fkey
  foreign key (workspace_id, member_id, user_id) references public.workspace_members (workspace_id, id, user_id) on delete cascade;
alter table public.user_roles drop constraint user_roles_member_id_role_key;
alter table public.user_roles add constraint user_roles_workspace_id_member_id_role_key unique (workspace_id, member_id, role);
alter table public.notifications drop constraint notifications_member_fkey;
alter table public.notifications add constraint notifications_member_fkey
  foreign key (workspace_id, member_id, user_id) references public.workspace_members (workspace_id, id, user_id) on delete cascade;

drop policy workspace_isolation on public.user_roles;
create policy user_roles_select on public.user_roles
  for select to authenticated
  using (public.user_has_workspace_access(workspace_id));
create policy user_roles_administer on public.user_roles
  for all to authenticated
  using (public.user_administers_workspace(workspace_id))
  with check (public.user_administers_workspace(workspace_id));

drop policy workspace_isolation on public.notifications;
create policy notifications_own on public.notifications
  for all to authenticated
  using (user_id = (select auth.uid()) and public.user_has_workspace_access(workspace_id))
  with check (user_id = (select auth.uid()) and public.user_has_workspace_access(workspace_id));
