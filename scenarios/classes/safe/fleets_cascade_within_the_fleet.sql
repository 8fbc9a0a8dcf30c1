-- A trip names its vehicle together with the fleet, ON DELETE CASCADE: what is deleted with a vehicle is its own fleet's.
-- system: supabase
-- class: 68, 70
-- expect: clean

create table public.fleets (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  fleet_id uuid not null references public.fleets (id) on delete cascade,
  full_name text
);

create table public.vehicles (
  id uuid primary key default gen_random_uuid(),
  fleet_id uuid not null references public.fleets (id) on delete cascade,
  plate text not null,
  constraint vehicles_fleet_id_id_key unique (fleet_id, id)
);

create table public.trips (
  id uuid primary key default gen_random_uuid(),
  fleet_id uuid not null references public.fleets (id) on delete cascade,
  vehicle_id uuid not null,
  destination text not null,
  constraint trips_vehicle_fkey
    foreign key (fleet_id, vehicle_id) references public.vehicles (fleet_id, id) on delete cascade
);

create function public.my_fleet() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select profiles.fleet_id from public.profiles where profiles.id = (select auth.uid())
$$;

alter table public.fleets enable row level security;
alter table public.profiles enable row level security;
alter table public.vehicles enable row level security;
alter table public.trips enable row level security;

create policy fleets_own on public.fleets
  for select to authenticated using (id = (select public.my_fleet()));
create policy profiles_own on public.profiles
  for select to authenticated using (fleet_id = (select public.my_fleet()));
create policy vehicles_own on public.vehicles
  for all to authenticated
  using (fleet_id = (select public.my_fleet())) with check (fleet_id = (select public.my_fleet()));
create policy trips_own on public.trips
  for all to authenticated
  using (fleet_id = (select public.my_fleet())) with check (fleet_id = (select public.my_fleet()));

revoke execute on function public.my_fleet() from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
