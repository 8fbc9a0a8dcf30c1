-- A header holds the number of a guest's basket: whoever knows the number may see the basket, and nobody else is told it.
-- system: supabase
-- class: 15
-- expect: clean

create table public.markets (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.market_users (
  market_id uuid not null references public.markets (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (market_id, user_id)
);

create table public.stands (
  id uuid primary key default gen_random_uuid(),
  market_id uuid not null references public.markets (id) on delete cascade,
  title text not null
);

create table public.baskets (
  id uuid primary key default gen_random_uuid(),
  market_id uuid not null references public.markets (id) on delete cascade,
  secret uuid not null default gen_random_uuid(),
  note text
);

create function public.market_of() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select market_users.market_id from public.market_users where market_users.user_id = (select auth.uid())
$$;

create function public.basket_secret() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(nullif(current_setting('request.headers', true), '')::json ->> 'x-basket', '')::uuid
$$;

revoke execute on function public.market_of() from public, anon;

alter table public.markets enable row level security;
alter table public.market_users enable row level security;
alter table public.stands enable row level security;
alter table public.baskets enable row level security;

create policy markets_select on public.markets
  for select to authenticated using (id in (select public.market_of()));
create policy market_users_select on public.market_users
  for select to authenticated using (market_id in (select public.market_of()));
create policy stands_all on public.stands
  for all to authenticated
  using (market_id in (select public.market_of()))
  with check (market_id in (select public.market_of()));
create policy baskets_of_the_market on public.baskets
  for select to authenticated using (market_id in (select public.market_of()));
create policy baskets_of_the_guest on public.baskets
  for select to anon, authenticated using (secret = (select public.basket_secret()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.baskets from anon, authenticated;
