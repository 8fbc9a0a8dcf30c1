-- A partnership opens the stock of one dealer to another, and the one who gains may write it.
-- system: supabase
-- class: 20
-- expect: leak gain-access on public.partnerships at partnerships_insert

create table public.dealers (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.dealer_users (
  user_id uuid primary key references auth.users (id) on delete cascade,
  dealer_id uuid not null references public.dealers (id) on delete cascade
);

create table public.partnerships (
  seller_id uuid not null references public.dealers (id) on delete cascade,
  buyer_id uuid not null references public.dealers (id) on delete cascade,
  primary key (seller_id, buyer_id)
);

create table public.cars (
  id uuid primary key default gen_random_uuid(),
  dealer_id uuid not null references public.dealers (id) on delete cascade,
  model text not null,
  purchase_price integer
);

create function public.my_dealer() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select dealer_users.dealer_id from public.dealer_users where dealer_users.user_id = (select auth.uid())
$$;

create function public.my_sellers() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select partnerships.seller_id from public.partnerships where partnerships.buyer_id = public.my_dealer()
$$;

revoke execute on function public.my_dealer(), public.my_sellers() from public, anon;

alter table public.dealers enable row level security;
alter table public.dealer_users enable row level security;
alter table public.partnerships enable row level security;
alter table public.cars enable row level security;

create policy dealers_select on public.dealers
  for select to authenticated using (id = (select public.my_dealer()));
create policy dealer_users_select on public.dealer_users
  for select to authenticated using (dealer_id = (select public.my_dealer()));
create policy partnerships_select on public.partnerships
  for select to authenticated using ((select public.my_dealer()) in (seller_id, buyer_id));
create policy partnerships_insert on public.partnerships
  for insert to authenticated with check (buyer_id = (select public.my_dealer()));
create policy partnerships_delete on public.partnerships
  for delete to authenticated using ((select public.my_dealer()) in (seller_id, buyer_id));

create policy cars_select on public.cars
  for select to authenticated
  using (dealer_id = (select public.my_dealer()) or dealer_id in (select public.my_sellers()));
create policy cars_write on public.cars
  for all to authenticated
  using (dealer_id = (select public.my_dealer()))
  with check (dealer_id = (select public.my_dealer()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
