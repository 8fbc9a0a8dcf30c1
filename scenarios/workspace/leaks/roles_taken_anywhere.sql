-- A member gives itself a professional role, and the workspace that it names is not asked for.
-- system: workspace
-- expect: leak insert-row on public.user_roles at user_roles_take
-- expect: leak reference-row on public.user_roles at user_roles_member_fkey

alter table public.user_roles drop constraint user_roles_member_fkey;
alter table public.user_roles add constraint user_roles_member_fkey
  foreign key (member_id, user_id) references public.workspace_members (id, user_id) on delete cascade;

create policy user_roles_take on public.user_roles
  for insert to authenticated
  with check (user_id = (select auth.uid()));
