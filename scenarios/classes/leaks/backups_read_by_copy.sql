-- The backup reads by COPY, and the policy knows it by that: so does everybody else's COPY.
-- system: none
-- class: 29
-- expect: leak read-row on public.meter_readings at meter_readings_backup

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'grid_app') then
    create role grid_app login;
  end if;
end
$$;

create table public.utilities (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.meter_readings (
  id uuid primary key default gen_random_uuid(),
  utility_id uuid not null references public.utilities (id),
  meter text not null,
  kwh numeric(12, 3) not null
);

alter table public.utilities enable row level security;
alter table public.meter_readings enable row level security;

create policy utilities_own on public.utilities
  for select to grid_app using (id = nullif(current_setting('grid.utility', true), '')::uuid);
create policy meter_readings_own on public.meter_readings
  for all to grid_app
  using (utility_id = nullif(current_setting('grid.utility', true), '')::uuid)
  with check (utility_id = nullif(current_setting('grid.utility', true), '')::uuid);
create policy meter_readings_backup on public.meter_readings
  for select to grid_app using (current_query() ~* '^\s*copy\s');

grant select on public.utilities to grid_app;
grant select, insert, update, delete on public.meter_readings to grid_app;
