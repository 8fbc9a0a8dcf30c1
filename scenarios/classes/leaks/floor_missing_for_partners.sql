-- A restrictive policy holds members to their tenant; the role of partners got the permissive ones and not the floor.
-- system: none
-- class: 18
-- expect: leak read-row on public.shipments at shipments_read

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'cargo_gateway') then
    create role cargo_gateway login noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'cargo_member') then
    create role cargo_member nologin;
    grant cargo_member to cargo_gateway;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'cargo_partner') then
    create role cargo_partner nologin;
    grant cargo_partner to cargo_gateway;
  end if;
end
$$;

create table public.forwarders (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.shipments (
  id uuid primary key default gen_random_uuid(),
  forwarder_id uuid not null references public.forwarders (id),
  container text not null,
  port text
);

create function public.caller_forwarder() returns uuid
  language sql stable
as $$
  select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'forwarder_id', '')::uuid
$$;

alter table public.forwarders enable row level security;
alter table public.shipments enable row level security;

create policy forwarders_read on public.forwarders
  for select to cargo_member, cargo_partner using (id = public.caller_forwarder());

create policy shipments_floor on public.shipments
  as restrictive for all to cargo_member
  using (forwarder_id = public.caller_forwarder())
  with check (forwarder_id = public.caller_forwarder());
create policy shipments_read on public.shipments
  for select to cargo_member, cargo_partner using (true);
create policy shipments_write on public.shipments
  for all to cargo_member using (true) with check (true);

grant select on public.forwarders to cargo_member, cargo_partner;
grant select, insert, update, delete on public.shipments to cargo_member;
grant select on public.shipments to cargo_partner;
