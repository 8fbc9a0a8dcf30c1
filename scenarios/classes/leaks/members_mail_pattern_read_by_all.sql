-- Addresses are checked by a pattern without spaces, and a second policy shows them to every team.
-- system: none
-- class: 9, 17
-- expect: leak read-row on public.team_mails at team_mails_directory

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'team_app') then
    create role team_app login;
  end if;
end
$$;

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.team_mails (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references public.teams (id),
  email text not null check (email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$')
);

alter table public.teams enable row level security;
alter table public.team_mails enable row level security;

create policy teams_own on public.teams
  for select to team_app using (id = nullif(current_setting('team.id', true), '')::uuid);
create policy team_mails_own on public.team_mails
  for all to team_app
  using (team_id = nullif(current_setting('team.id', true), '')::uuid)
  with check (team_id = nullif(current_setting('team.id', true), '')::uuid);
create policy team_mails_directory on public.team_mails
  for select to team_app using (email is not null);

grant select on public.teams to team_app;
grant select, insert, update, delete on public.team_mails to team_app;
