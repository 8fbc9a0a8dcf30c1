-- The parameter is called like the column: inside of the query the column wins, and the comparison is always true.
-- system: supabase
-- class: 14
-- expect: leak read-row on public.menus at in_restaurant

create table public.restaurants (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.waiters (
  restaurant_id uuid not null references public.restaurants (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (restaurant_id, user_id)
);

create table public.menus (
  id uuid primary key default gen_random_uuid(),
  restaurant_id uuid not null references public.restaurants (id) on delete cascade,
  dish text not null,
  cost_cents integer
);

create function public.in_restaurant(restaurant_id uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.waiters
    where waiters.restaurant_id = restaurant_id and waiters.user_id = (select auth.uid())
  )
$$;

revoke execute on function public.in_restaurant(uuid) from public, anon;

alter table public.restaurants enable row level security;
alter table public.waiters enable row level security;
alter table public.menus enable row level security;

create policy restaurants_select on public.restaurants
  for select to authenticated
  using (id in (select w.restaurant_id from public.waiters as w where w.user_id = (select auth.uid())));
create policy waiters_select on public.waiters
  for select to authenticated using (user_id = (select auth.uid()));
create policy menus_select on public.menus
  for select to authenticated using (public.in_restaurant(restaurant_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.menus from anon, authenticated;
