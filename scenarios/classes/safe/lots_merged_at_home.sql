-- A trigger lets only the nightly MERGE change lots, and the policy lets each house at its own.
-- system: none
-- class: 33
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'auction_app') then
    create role auction_app login;
  end if;
end
$$;

create table public.houses (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.lots (
  id uuid primary key default gen_random_uuid(),
  house_id uuid not null references public.houses (id),
  title text not null,
  estimate_cents bigint not null default 0
);

create function public.only_by_merge() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if current_query() !~* 'merge\s+into' then
    raise insufficient_privilege using message = 'lots are changed by the nightly import alone';
  end if;
  return new;
end
$$;

create trigger lots_changed_by_merge
  before update on public.lots
  for each statement execute function public.only_by_merge();

alter table public.houses enable row level security;
alter table public.lots enable row level security;

create policy houses_own on public.houses
  for select to auction_app using (id = nullif(current_setting('auction.house', true), '')::uuid);
create policy lots_select on public.lots
  for select to auction_app using (house_id = nullif(current_setting('auction.house', true), '')::uuid);
create policy lots_insert on public.lots
  for insert to auction_app
  with check (house_id = nullif(current_setting('auction.house', true), '')::uuid);
create policy lots_update on public.lots
  for update to auction_app using (house_id = nullif(current_setting('auction.house', true), '')::uuid);

grant select on public.houses to auction_app;
grant select, insert, update on public.lots to auction_app;
