-- An inheriting table has grants of its own and none of its parent's policies.
-- system: supabase
-- class: 60
-- expect: leak read-partition on public.gas_meters at row-level security

create table public.utilities (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.meters (
  id uuid primary key default gen_random_uuid(),
  utility_id uuid not null references public.utilities (id),
  serial text not null,
  address text
);

create table public.gas_meters (
  pressure_mbar integer,
  primary key (id)
) inherits (public.meters);

create function public.caller_utility() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'utility_id', '')::uuid
$$;

alter table public.utilities enable row level security;
alter table public.meters enable row level security;

create policy utilities_own on public.utilities
  for select to authenticated using (id = (select public.caller_utility()));
create policy meters_own on public.meters
  for all to authenticated
  using (utility_id = (select public.caller_utility()))
  with check (utility_id = (select public.caller_utility()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
