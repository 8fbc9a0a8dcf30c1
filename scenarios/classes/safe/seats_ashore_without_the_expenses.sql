-- A state of the seat gives one right more: who is ashore reads all of the boat but what it cost. Nobody left by that.
-- system: none
-- class: 26
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'sailor') then
    create role sailor login;
  end if;
end
$$;

create schema sail;

create table sail.boats (
  id bigint generated always as identity primary key,
  name text not null
);

create table sail.people (
  id bigint generated always as identity primary key,
  name text not null
);

create table sail.seats (
  boat_id bigint not null references sail.boats (id),
  person_id bigint not null references sail.people (id),
  duty text not null check (duty in ('skipper', 'mate', 'crew')),
  state text not null default 'ashore' check (state in ('aboard', 'ashore')),
  primary key (boat_id, person_id)
);

create table sail.logbook (
  id bigint generated always as identity primary key,
  boat_id bigint not null references sail.boats (id),
  entry text not null
);

create table sail.voyages (
  id bigint generated always as identity primary key,
  boat_id bigint not null references sail.boats (id),
  destination text not null
);

create table sail.expenses (
  id bigint generated always as identity primary key,
  boat_id bigint not null references sail.boats (id),
  amount numeric(10, 2) not null,
  remark text
);

create function sail.person() returns bigint
  language sql stable
  set search_path = ''
as $$
  select nullif(current_setting('sail.person', true), '')::bigint
$$;

alter table sail.boats enable row level security;
alter table sail.people enable row level security;
alter table sail.seats enable row level security;
alter table sail.logbook enable row level security;
alter table sail.voyages enable row level security;
alter table sail.expenses enable row level security;

create policy people_self on sail.people for select to sailor using (id = sail.person());
create policy seats_own on sail.seats for select to sailor using (person_id = sail.person());
create policy boats_read on sail.boats for select to sailor
  using (id in (select s.boat_id from sail.seats s where s.person_id = sail.person()));
create policy voyages_read on sail.voyages for select to sailor
  using (boat_id in (select s.boat_id from sail.seats s where s.person_id = sail.person()));
create policy expenses_read on sail.expenses for select to sailor
  using (boat_id in (select s.boat_id from sail.seats s where s.person_id = sail.person() and s.state = 'aboard'));
create policy logbook_read on sail.logbook for select to sailor
  using (boat_id in (select s.boat_id from sail.seats s where s.person_id = sail.person()));

grant usage on schema sail to sailor;
grant select on all tables in schema sail to sailor;
