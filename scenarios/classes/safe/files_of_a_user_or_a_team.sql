-- A file belongs to a user or to a team, never to both: what a CHECK lets nobody write proves nothing and fails nothing.
-- system: supabase
-- class: 23, 30, 31
-- expect: clean

create table public.teams (
  id bigint generated always as identity primary key,
  name text not null
);

create table public.team_members (
  team_id bigint not null references public.teams (id),
  user_id uuid not null references auth.users (id),
  primary key (team_id, user_id)
);

create table public.files (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id),
  team_id bigint references public.teams (id),
  name text not null,
  check (num_nonnulls(user_id, team_id) = 1)
);

alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.files enable row level security;

create policy team_members_own on public.team_members
  for select to authenticated using (user_id = auth.uid());
create policy teams_own on public.teams
  for select to authenticated using (id in (select team_id from public.team_members));
create policy files_own on public.files
  for all to authenticated
  using (user_id = auth.uid() or team_id in (select team_id from public.team_members));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
