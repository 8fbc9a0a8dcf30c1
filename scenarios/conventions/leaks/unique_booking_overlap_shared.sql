-- Rooms are numbered by each studio, but the exclusion constraint spans them all: a refused booking tells of another's.
-- system: none
-- class: 74
-- expect: leak unique-key on public.bookings at bookings_no_overlap

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'studio_app') then
    create role studio_app login;
  end if;
end
$$;

create extension if not exists btree_gist;

create table public.studios (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.bookings (
  id uuid primary key default gen_random_uuid(),
  studio_id uuid not null references public.studios (id),
  room integer not null,
  during tstzrange not null,
  constraint bookings_no_overlap exclude using gist (room with =, during with &&)
);

alter table public.studios enable row level security;
alter table public.bookings enable row level security;

create policy studios_own on public.studios
  for select using (id = nullif(current_setting('studio.id', true), '')::uuid);
create policy bookings_own on public.bookings
  using (studio_id = nullif(current_setting('studio.id', true), '')::uuid)
  with check (studio_id = nullif(current_setting('studio.id', true), '')::uuid);

grant select on public.studios to studio_app;
grant select, insert, update, delete on public.bookings to studio_app;
