-- A later migration adds a table; the default privileges open it, and row security is enabled in the same migration.
-- system: none
-- class: 3
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'parcel_web') then
    create role parcel_web login;
  end if;
end
$$;

alter default privileges in schema public grant select, insert, update, delete on tables to parcel_web;
alter default privileges in schema public grant usage, select on sequences to parcel_web;

create table public.carriers (
  id bigint generated always as identity primary key,
  name text not null
);

create table public.parcels (
  carrier_id bigint not null references public.carriers (id),
  id bigint generated always as identity,
  recipient text not null,
  delivered_on date,
  primary key (carrier_id, id)
);

create function public.carrier() returns bigint
  language sql stable
as $$
  select nullif(current_setting('app.tenant_id', true), '')::bigint
$$;

alter table public.carriers enable row level security;
alter table public.parcels enable row level security;

create policy carriers_own on public.carriers
  for select using (id = public.carrier());
create policy parcels_own on public.parcels
  using (carrier_id = public.carrier())
  with check (carrier_id = public.carrier());

revoke insert, update, delete on public.carriers from parcel_web;

-- Three months later.
create table public.api_credentials (
  id bigint generated always as identity primary key,
  carrier_id bigint not null references public.carriers (id),
  label text not null,
  secret text not null
);

alter table public.api_credentials enable row level security;
create policy api_credentials_own on public.api_credentials
  using (carrier_id = public.carrier())
  with check (carrier_id = public.carrier());
