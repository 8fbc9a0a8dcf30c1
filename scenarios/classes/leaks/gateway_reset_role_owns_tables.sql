-- The gateway takes a role that policies hold and logs in as the tables' owner: RESET ROLE gives the rows of every ward back.
-- system: none
-- class: 93
-- expect: leak switch-role on public.wards at ward_gateway
-- expect: leak switch-role on public.charts at ward_gateway

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'ward_member') then
    create role ward_member nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'ward_gateway') then
    create role ward_gateway login noinherit in role ward_member;
  end if;
end
$$;

create table public.wards (
  id integer primary key,
  name text not null
);

create table public.charts (
  id bigint generated always as identity primary key,
  ward_id integer not null references public.wards (id),
  patient text not null,
  note text
);

alter table public.wards owner to ward_gateway;
alter table public.charts owner to ward_gateway;
alter table public.wards enable row level security;
alter table public.charts enable row level security;

create policy wards_own on public.wards
  for select to ward_member using (id = nullif(current_setting('ward.id', true), '')::integer);
create policy charts_own on public.charts
  for all to ward_member
  using (ward_id = nullif(current_setting('ward.id', true), '')::integer)
  with check (ward_id = nullif(current_setting('ward.id', true), '')::integer);

grant select on public.wards to ward_member;
grant select, insert, update, delete on public.charts to ward_member;
