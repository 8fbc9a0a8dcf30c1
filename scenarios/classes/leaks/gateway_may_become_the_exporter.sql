-- The application's role is a member of the exporter, which bypasses row security: one SET ROLE and every depot is open.
-- system: none
-- class: 6, 58
-- expect: leak switch-role on public.parcels at depot_exporter

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'depot_exporter') then
    create role depot_exporter nologin bypassrls;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'depot_web') then
    create role depot_web login noinherit in role depot_exporter;
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

grant select on public.depots to depot_web, depot_exporter;
grant select, insert, update, delete on public.parcels to depot_web;
grant select on public.parcels to depot_exporter;
