-- Each tenant has a database role of its own; rows carry the role's name, and a group role holds the grants.
-- system: none
-- class: 30, 47
-- expect: clean

do $$
declare
  tenant text;
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'tenant_gateway') then
    create role tenant_gateway login noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'tenant_group') then
    create role tenant_group nologin;
  end if;
  foreach tenant in array array['tenant_acme', 'tenant_globex', 'tenant_initech'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = tenant) then
      execute format('create role %I nologin in role tenant_group', tenant);
      execute format('grant %I to tenant_gateway', tenant);
    end if;
  end loop;
end
$$;

create table public.tenants (
  role_name text primary key,
  title text not null
);

create table public.machines (
  tenant text not null default current_user references public.tenants (role_name),
  id integer not null,
  name text not null,
  location text,
  primary key (tenant, id)
);

create table public.repairs (
  tenant text not null default current_user references public.tenants (role_name),
  id integer not null,
  machine_id integer not null,
  description text not null,
  done boolean not null default false,
  primary key (tenant, id),
  constraint repairs_machine_fkey
    foreign key (tenant, machine_id) references public.machines (tenant, id) on delete cascade
);

alter table public.tenants enable row level security;
alter table public.machines enable row level security;
alter table public.repairs enable row level security;

create policy tenants_own on public.tenants
  for select to tenant_group
  using (role_name = current_user);

create policy machines_own on public.machines
  for all to tenant_group
  using (tenant = current_user)
  with check (tenant = current_user);

create policy repairs_select on public.repairs
  for select to tenant_group
  using (tenant = current_user);
create policy repairs_insert on public.repairs
  for insert to tenant_group
  with check (tenant = current_user);
create policy repairs_update on public.repairs
  for update to tenant_group
  using (tenant = current_user)
  with check (tenant = current_user);

grant select on public.tenants to tenant_group;
grant select, insert, update, delete on public.machines to tenant_group;
grant select, insert, update on public.repairs to tenant_group;
