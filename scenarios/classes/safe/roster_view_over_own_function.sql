-- A view shows what a function with its owner's rights returns, and the function returns the caller's own rows.
-- system: none
-- class: 44, 48
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'duty_app') then
    create role duty_app login;
  end if;
end
$$;

create schema inner_works;

create table public.hospitals (
  id bigint primary key,
  name text not null
);

create table public.shifts (
  id uuid primary key default gen_random_uuid(),
  hospital_id bigint not null references public.hospitals (id),
  nurse text not null,
  starts_at timestamptz not null
);

alter table public.hospitals enable row level security;
alter table public.shifts enable row level security;

create policy hospitals_own on public.hospitals
  for select to duty_app using (id = nullif(current_setting('duty.hospital', true), '')::bigint);
create policy shifts_own on public.shifts
  for all to duty_app
  using (hospital_id = nullif(current_setting('duty.hospital', true), '')::bigint)
  with check (hospital_id = nullif(current_setting('duty.hospital', true), '')::bigint);

create function inner_works.shifts_today() returns setof public.shifts
  language sql stable security definer
  set search_path = ''
as $$
  select * from public.shifts
  where shifts.hospital_id = nullif(current_setting('duty.hospital', true), '')::bigint
$$;

create view public.roster as
  select today.id, today.nurse, today.starts_at from inner_works.shifts_today() as today;

grant select on public.hospitals, public.roster to duty_app;
grant select, insert, update, delete on public.shifts to duty_app;
