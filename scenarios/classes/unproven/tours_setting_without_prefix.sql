-- A policy misspells the setting and its table shows nobody anything: reaching none of the other operators' rows proves nothing.
-- system: none
-- class: 99
-- expect: unproven read-row on public.tours

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'tour_app') then
    create role tour_app login;
  end if;
end
$$;

create table public.operators (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.tours (
  id uuid primary key default gen_random_uuid(),
  operator_id uuid not null references public.operators (id),
  title text not null
);

alter table public.operators enable row level security;
alter table public.tours enable row level security;

create policy operators_own on public.operators
  for select to tour_app using (id = nullif(current_setting('tour.operator', true), '')::uuid);
create policy tours_own on public.tours
  for all to tour_app
  using (operator_id = nullif(current_setting('tuor.operator', true), '')::uuid)
  with check (operator_id = nullif(current_setting('tuor.operator', true), '')::uuid);

grant select on public.operators to tour_app;
grant select, insert, update, delete on public.tours to tour_app;
