-- One month's partition was granted for a report, with row security and the parent's policy.
-- system: none
-- class: 59
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'visit_desk_app') then
    create role visit_desk_app login;
  end if;
end
$$;

create table public.shops (
  id uuid primary key,
  name text not null
);

create table public.guests (
  id uuid primary key,
  shop_id uuid not null references public.shops (id),
  name text not null,
  constraint guests_shop_id_id_key unique (shop_id, id)
);

create table public.visits (
  id uuid not null,
  shop_id uuid not null references public.shops (id),
  guest_id uuid not null,
  note text,
  visited_at timestamptz not null,
  primary key (id, visited_at),
  constraint visits_guest_fkey foreign key (shop_id, guest_id) references public.guests (shop_id, id)
) partition by range (visited_at);

create table public.visits_2026_01 partition of public.visits for values from ('2026-01-01') to ('2026-02-01');
create table public.visits_rest partition of public.visits default;

alter table public.shops enable row level security;
alter table public.guests enable row level security;
alter table public.visits enable row level security;

create policy shops_own on public.shops
  for select to visit_desk_app
  using (id::text = current_setting('desk.shop', true));
create policy guests_own on public.guests
  for all to visit_desk_app
  using (shop_id::text = current_setting('desk.shop', true));
create policy visits_own on public.visits
  for all to visit_desk_app
  using (shop_id::text = current_setting('desk.shop', true));

grant select on public.shops to visit_desk_app;
grant select, insert, update, delete on public.guests, public.visits to visit_desk_app;
grant select on public.visits_2026_01 to visit_desk_app;

alter table public.visits_2026_01 enable row level security;
create policy visits_2026_01_own on public.visits_2026_01
  for select to visit_desk_app
  using (shop_id::text = current_setting('desk.shop', true));
