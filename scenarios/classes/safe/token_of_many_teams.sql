-- The token lists the teams of its user, and the policies look for the row's team in it.
-- system: supabase
-- class: 30
-- expect: clean

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.sprints (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references public.teams (id) on delete cascade,
  goal text not null
);

alter table public.teams enable row level security;
alter table public.sprints enable row level security;

create policy teams_select on public.teams
  for select to authenticated
  using (auth.jwt() -> 'app_metadata' -> 'team_ids' ? id::text);
create policy sprints_select on public.sprints
  for select to authenticated
  using (auth.jwt() -> 'app_metadata' -> 'team_ids' ? team_id::text);
create policy sprints_insert on public.sprints
  for insert to authenticated
  with check (auth.jwt() -> 'app_metadata' -> 'team_ids' ? team_id::text);

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
