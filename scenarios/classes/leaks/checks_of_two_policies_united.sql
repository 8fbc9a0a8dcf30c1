-- Two update policies, each harmless: an old row passes the first and the new one the check of the second, so a ticket changes its shop.
-- system: supabase
-- class: 34
-- expect: leak reassign-row on public.repairs at repairs_pool

create table public.shops (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.repairs (
  id uuid primary key default gen_random_uuid(),
  shop_id uuid not null references public.shops (id) on delete cascade,
  state text not null default 'open' check (state in ('open', 'pool', 'done')),
  device text not null,
  defect text
);

create function public.shop() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() ->> 'shop_id', '')::uuid
$$;

alter table public.shops enable row level security;
alter table public.repairs enable row level security;

create policy shops_select on public.shops
  for select to authenticated using (id = (select public.shop()));

create policy repairs_select on public.repairs
  for select to authenticated using (shop_id = (select public.shop()));
create policy repairs_insert on public.repairs
  for insert to authenticated with check (shop_id = (select public.shop()));
create policy repairs_own on public.repairs
  for update to authenticated
  using (shop_id = (select public.shop()))
  with check (shop_id = (select public.shop()) and state <> 'pool');
create policy repairs_pool on public.repairs
  for update to authenticated
  using (shop_id = (select public.shop()) and state = 'pool')
  with check (state = 'pool');

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
