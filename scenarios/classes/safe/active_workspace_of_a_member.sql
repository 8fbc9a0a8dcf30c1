-- The workspace that a user looks at stands in its own settings, and opens only where it is a member.
-- system: supabase
-- class: 38
-- expect: clean

create table public.workspaces (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.workspace_users (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (workspace_id, user_id)
);

create table public.user_settings (
  user_id uuid primary key references auth.users (id) on delete cascade,
  active_workspace uuid,
  theme text not null default 'light'
);

create table public.boards (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  title text not null
);

create function public.active_workspace() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select user_settings.active_workspace
  from public.user_settings
  join public.workspace_users
    on workspace_users.workspace_id = user_settings.active_workspace
    and workspace_users.user_id = user_settings.user_id
  where user_settings.user_id = (select auth.uid())
$$;

revoke execute on function public.active_workspace() from public, anon;

alter table public.workspaces enable row level security;
alter table public.workspace_users enable row level security;
alter table public.user_settings enable row level security;
alter table public.boards enable row level security;

create policy workspaces_select on public.workspaces
  for select to authenticated
  using (id in (select u.workspace_id from public.workspace_users as u where u.user_id = (select auth.uid())));
create policy workspace_users_select on public.workspace_users
  for select to authenticated using (user_id = (select auth.uid()));
create policy user_settings_own on public.user_settings
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy boards_all on public.boards
  for all to authenticated
  using (workspace_id = (select public.active_workspace()))
  with check (workspace_id = (select public.active_workspace()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
