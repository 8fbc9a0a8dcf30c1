-- The policy stands on the parent; the partition has grants of its own and no row security.
-- system: none
-- class: 59
-- expect: leak read-partition on public.visits_rest at row-level security

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'shop_app') then
    create role shop_app login;
  end if;
end
$$;

create table public.shops (
  id bigint primary key,
  name text not null
);

create table public.products (
  tenant_id bigint not null references public.shops (id),
  id bigint not null,
  name text not null,
  price_cents integer not null default 0,
  primary key (tenant_id, id)
);

create table public.purchases (
  tenant_id bigint not null references public.shops (id),
  id bigint not null,
  product_id bigint not null,
  receipt_number text not null,
  buyer text not null,
  primary key (tenant_id, id),
  constraint purchases_product_fkey foreign key (tenant_id, product_id) references public.products (tenant_id, id),
  constraint purchases_receipt_number_key unique (tenant_id, receipt_number)
);

create table public.visits (
  tenant_id bigint not null references public.shops (id),
  id bigint not null,
  visited_at timestamptz not null,
  page text not null,
  primary key (tenant_id, id, visited_at)
) partition by range (visited_at);

create table public.visits_rest partition of public.visits default;

alter table public.shops enable row level security;
alter table public.products enable row level security;
alter table public.purchases enable row level security;
alter table public.visits enable row level security;

create policy shops_own on public.shops
  for select to shop_app
  using (id = nullif(current_setting('app.tenant_id', true), '')::bigint);

create policy products_own on public.products
  for all to shop_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint);

create policy purchases_select on public.purchases
  for select to shop_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint);
create policy purchases_insert on public.purchases
  for insert to shop_app
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint);
create policy purchases_update on public.purchases
  for update to shop_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint);

create policy visits_own on public.visits
  for all to shop_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint);

grant select on public.shops to shop_app;
grant select, insert, update, delete on public.products, public.visits to shop_app;
grant select, insert, update on public.purchases to shop_app;
grant select on public.visits_rest to shop_app;
