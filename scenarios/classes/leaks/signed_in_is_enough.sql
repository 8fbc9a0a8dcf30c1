-- The policy asks whether somebody is signed in, and not who: every tenant's user is.
-- system: supabase
-- class: 7
-- expect: leak read-row on public.sensors at sensors_select

create table public.plants (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.sensors (
  id uuid primary key default gen_random_uuid(),
  plant_id uuid not null references public.plants (id) on delete cascade,
  label text not null,
  threshold numeric(6, 2)
);

create function public.plant() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'plant_id', '')::uuid
$$;

alter table public.plants enable row level security;
alter table public.sensors enable row level security;

create policy plants_select on public.plants
  for select to authenticated using (id = (select public.plant()));
create policy sensors_select on public.sensors
  for select
  using ((select auth.uid()) is not null);
create policy sensors_insert on public.sensors
  for insert to authenticated with check (plant_id = (select public.plant()));
create policy sensors_delete on public.sensors
  for delete to authenticated using (plant_id = (select public.plant()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
