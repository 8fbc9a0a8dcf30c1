-- What the session says of its rank only narrows what the tenant shows.
-- system: none
-- class: 27, 29
-- expect: clean
-- note: Needs a caller who can set a setting, by an injection for example.

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'legal_app') then
    create role legal_app login;
  end if;
end
$$;

create table public.chambers (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.contracts (
  id uuid primary key default gen_random_uuid(),
  chamber_id uuid not null references public.chambers (id),
  title text not null,
  sealed boolean not null default false
);

alter table public.chambers enable row level security;
alter table public.contracts enable row level security;

create policy chambers_select on public.chambers
  for select to legal_app using (id = nullif(current_setting('app.chamber_id', true), '')::uuid);

create policy contracts_select on public.contracts
  for select to legal_app
  using (
    chamber_id = nullif(current_setting('app.chamber_id', true), '')::uuid
    and (not sealed or coalesce(current_setting('app.role', true), '') in ('backend', 'service_role'))
  );
create policy contracts_insert on public.contracts
  for insert to legal_app
  with check (chamber_id = nullif(current_setting('app.chamber_id', true), '')::uuid);

grant select on public.chambers to legal_app;
grant select, insert on public.contracts to legal_app;
