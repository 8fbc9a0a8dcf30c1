-- A trigger notifies one channel of every order with the whole row: whoever listens receives the orders of all restaurants.
-- system: none
-- class: 84
-- expect: leak read-notification on public.orders at announce_order

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'till') then
    create role till login;
  end if;
end
$$;

create table public.restaurants (
  id bigint primary key,
  name text not null
);

create table public.orders (
  id uuid primary key default gen_random_uuid(),
  restaurant_id bigint not null references public.restaurants (id),
  guest text not null,
  total_cents integer not null default 0
);

create function public.announce_order() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('orders', pg_catalog.row_to_json(new)::text);
  return null;
end
$$;

create trigger announce_order after insert or update on public.orders
  for each row execute function public.announce_order();

alter table public.restaurants enable row level security;
alter table public.orders enable row level security;

create policy restaurants_own on public.restaurants
  for select to till using (id = nullif(current_setting('till.restaurant', true), '')::bigint);
create policy orders_own on public.orders
  for all to till
  using (restaurant_id = nullif(current_setting('till.restaurant', true), '')::bigint)
  with check (restaurant_id = nullif(current_setting('till.restaurant', true), '')::bigint);

grant select on public.restaurants to till;
grant select, insert, update, delete on public.orders to till;
