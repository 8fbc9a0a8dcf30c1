-- Every offer is published unless somebody says otherwise, and callers are told apart by settings alone.
-- system: none
-- class: 20
-- expect: leak read-row on public.offers at offers_published

create table public.shops (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.offers (
  id uuid primary key default gen_random_uuid(),
  shop_id uuid not null references public.shops (id),
  title text not null,
  is_published boolean not null default true,
  withdrawn_at timestamptz
);

create table public.bills (
  id uuid primary key default gen_random_uuid(),
  shop_id uuid not null references public.shops (id),
  amount numeric(12, 2) not null
);

alter table public.shops enable row level security;
alter table public.offers enable row level security;
alter table public.bills enable row level security;

create policy shops_own on public.shops
  using (id = nullif(current_setting('app.shop', true), '')::uuid);
create policy offers_own on public.offers
  using (shop_id = nullif(current_setting('app.shop', true), '')::uuid);
create policy offers_published on public.offers for select
  using (is_published = true and withdrawn_at is null);

-- Bills are for those in the shop whom the application calls owner or accountant.
create policy bills_read on public.bills for select
  using (
    shop_id = nullif(current_setting('app.shop', true), '')::uuid
    and current_setting('app.role', true) in ('owner', 'accountant')
  );
create policy bills_write on public.bills
  using (
    shop_id = nullif(current_setting('app.shop', true), '')::uuid
    and current_setting('app.role', true) = 'owner'
  );
