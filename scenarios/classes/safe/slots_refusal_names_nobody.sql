-- A trigger refuses a lane that the own club has taken and says by whom; it looks at no other club's.
-- system: none
-- class: 75
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'pool_app') then
    create role pool_app login;
  end if;
end
$$;

create table public.clubs (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.lane_slots (
  id uuid primary key default gen_random_uuid(),
  club_id uuid not null references public.clubs (id),
  lane integer not null,
  starts_at timestamptz not null,
  swimmer text not null
);

create function public.refuse_taken_lane() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  taken public.lane_slots;
begin
  select * into taken
  from public.lane_slots
  where lane_slots.lane = new.lane and lane_slots.starts_at = new.starts_at and lane_slots.id <> new.id
    and lane_slots.club_id = new.club_id
    and lane_slots.club_id = nullif(current_setting('pool.club', true), '')::uuid
  limit 1;
  if found then
    raise exclusion_violation using message = format('lane %s is taken by %s', taken.lane, taken.swimmer);
  end if;
  return new;
end
$$;

create trigger refuse_taken_lane before insert or update on public.lane_slots
  for each row execute function public.refuse_taken_lane();

alter table public.clubs enable row level security;
alter table public.lane_slots enable row level security;

create policy clubs_own on public.clubs
  for select to pool_app using (id = nullif(current_setting('pool.club', true), '')::uuid);
create policy lane_slots_own on public.lane_slots
  for all to pool_app
  using (club_id = nullif(current_setting('pool.club', true), '')::uuid)
  with check (club_id = nullif(current_setting('pool.club', true), '')::uuid);

grant select on public.clubs to pool_app;
grant select, insert, update, delete on public.lane_slots to pool_app;
