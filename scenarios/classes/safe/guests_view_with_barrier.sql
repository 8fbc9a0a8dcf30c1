-- A view that names its tenant by a join, behind a security barrier: no condition of the caller's runs before the view's own.
-- system: none
-- class: 46
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'frontdesk') then
    create role frontdesk login;
  end if;
end
$$;

create schema desk;

create table desk.hotels (
  id integer primary key,
  name text not null
);

create table desk.sessions (
  clerk text primary key,
  hotel_id integer not null references desk.hotels (id)
);

create table desk.guests (
  id bigint generated always as identity primary key,
  hotel_id integer not null references desk.hotels (id),
  full_name text not null,
  passport text not null
);

alter table desk.hotels enable row level security;
alter table desk.sessions enable row level security;
alter table desk.guests enable row level security;

create policy hotels_own on desk.hotels
  for select to frontdesk using (id = nullif(current_setting('desk.hotel', true), '')::integer);
create policy guests_add on desk.guests
  for insert to frontdesk with check (hotel_id = nullif(current_setting('desk.hotel', true), '')::integer);

-- The table shows nobody's rows; the list does, without the passports.
create view desk.guest_list
  with (security_barrier = true) as
  select guests.id, guests.hotel_id, guests.full_name
  from desk.guests
  join desk.hotels on hotels.id = guests.hotel_id
  where hotels.id = nullif(current_setting('desk.hotel', true), '')::integer;

grant usage on schema desk to frontdesk;
grant select on desk.hotels, desk.guest_list to frontdesk;
grant insert on desk.guests to frontdesk;
