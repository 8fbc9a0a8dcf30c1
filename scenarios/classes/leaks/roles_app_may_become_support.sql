-- The application's role is a member of the support role, which passes every policy: SET ROLE is all that it takes.
-- system: none
-- class: 6
-- expect: leak switch-role on public.visits at vet_support
-- note: Needs a caller who can run SET ROLE, by an injection for example.

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'vet_support') then
    create role vet_support nologin bypassrls;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'vet_app') then
    create role vet_app login noinherit;
    grant vet_support to vet_app;
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

grant select on public.practices to vet_app;
grant select, insert, update, delete on public.visits to vet_app;
grant select on public.visits to vet_support;
