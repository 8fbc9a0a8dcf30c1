-- The application's role is a member of a group role that holds the grants and no privilege beyond.
-- system: none
-- class: 6
-- expect: clean
-- note: Needs a caller who can run SET ROLE, by an injection for example.

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'vet_readers') then
    create role vet_readers nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'vet_plain_app') then
    create role vet_plain_app login noinherit;
    grant vet_readers to vet_plain_app;
  end if;
end
$$;

create table public.practices (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.visits (
  id uuid primary key default gen_random_uuid(),
  practice_id uuid not null references public.practices (id),
  animal text not null,
  diagnosis text
);

alter table public.practices enable row level security;
alter table public.visits enable row level security;

create policy practices_own on public.practices
  for select using (id = nullif(current_setting('vet.practice', true), '')::uuid);
create policy visits_own on public.visits
  using (practice_id = nullif(current_setting('vet.practice', true), '')::uuid)
  with check (practice_id = nullif(current_setting('vet.practice', true), '')::uuid);

grant select on public.practices to vet_plain_app;
grant select, insert, update, delete on public.visits to vet_plain_app;
grant select on public.visits to vet_readers;
