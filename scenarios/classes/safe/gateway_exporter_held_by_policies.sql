-- The application's role is a member of the exporter, which the same policies hold back.
-- system: none
-- class: 6, 58
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'depot_reader') then
    create role depot_reader nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'depot_site') then
    create role depot_site login noinherit in role depot_reader;
  end if;
end
$$;

create table public.depots (
  id bigint primary key,
  city text not null
);

create table public.parcels (
  id bigint not null,
  depot_id bigint not null references public.depots (id),
  recipient text not null,
  weight_grams integer not null default 0,
  primary key (depot_id, id)
);

alter table public.depots enable row level security;
alter table public.parcels enable row level security;

create policy depots_own on public.depots
  for select using (id = nullif(current_setting('depot.id', true), '')::bigint);
create policy parcels_own on public.parcels
  using (depot_id = nullif(current_setting('depot.id', true), '')::bigint)
  with check (depot_id = nullif(current_setting('depot.id', true), '')::bigint);

grant select on public.depots to depot_site, depot_reader;
grant select, insert, update, delete on public.parcels to depot_site;
grant select on public.parcels to depot_reader;
