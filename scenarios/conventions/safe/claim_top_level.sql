-- The token names the tenant at its top level; an absent or empty claim matches nothing.
-- system: none
-- class: 8, 11, 90
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'web_gateway') then
    create role web_gateway login noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'web_visitor') then
    create role web_visitor nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'web_user') then
    create role web_user nologin;
  end if;
end
$$;

grant web_visitor, web_user to web_gateway;

create table public.tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.devices (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id),
  serial_number text not null,
  label text,
  constraint devices_tenant_id_id_key unique (tenant_id, id),
  constraint devices_tenant_id_serial_number_key unique (tenant_id, serial_number)
);

create table public.readings (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references public.tenants (id),
  device_id uuid not null,
  celsius numeric(5, 2),
  note text,
  constraint readings_tenant_id_device_id_fkey
    foreign key (tenant_id, device_id) references public.devices (tenant_id, id) on delete cascade
);

create function public.current_tenant() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'tenant_id', '')::uuid
$$;

alter table public.tenants enable row level security;
alter table public.devices enable row level security;
alter table public.readings enable row level security;

create policy tenants_select on public.tenants
  for select to web_user using (id = (select public.current_tenant()));

create policy devices_select on public.devices
  for select to web_user using (tenant_id = (select public.current_tenant()));
create policy devices_insert on public.devices
  for insert to web_user with check (tenant_id = (select public.current_tenant()));
create policy devices_update on public.devices
  for update to web_user
  using (tenant_id = (select public.current_tenant()))
  with check (tenant_id = (select public.current_tenant()));
create policy devices_delete on public.devices
  for delete to web_user using (tenant_id = (select public.current_tenant()));

create policy readings_all on public.readings
  for all to web_user
  using (tenant_id = (select public.current_tenant()))
  with check (tenant_id = (select public.current_tenant()));

grant select on public.tenants to web_user;
grant select, insert, update, delete on public.devices, public.readings to web_user;
