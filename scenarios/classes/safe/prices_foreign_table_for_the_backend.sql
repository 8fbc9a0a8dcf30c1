-- A foreign table can have no policy, and only the backend may read it.
-- system: none
-- class: 61
-- expect: clean
-- expect: unproven read-row on public.remote_prices
-- note: The other server is not there to be asked.

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'market_app') then
    create role market_app login;
  end if;
end
$$;

create extension if not exists postgres_fdw;

create table public.sellers (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.offers (
  id uuid primary key default gen_random_uuid(),
  seller_id uuid not null references public.sellers (id),
  article text not null
);

create server price_server foreign data wrapper postgres_fdw options (host '/nowhere', dbname 'prices');
create user mapping for public server price_server options (user 'reader', password 'reader');
create foreign table public.remote_prices (
  seller_id uuid not null,
  article text not null,
  cents integer
) server price_server options (table_name 'prices');

alter table public.sellers enable row level security;
alter table public.offers enable row level security;

create policy sellers_own on public.sellers
  for select to market_app using (id = nullif(current_setting('market.seller', true), '')::uuid);
create policy offers_own on public.offers
  for all to market_app
  using (seller_id = nullif(current_setting('market.seller', true), '')::uuid)
  with check (seller_id = nullif(current_setting('market.seller', true), '')::uuid);

grant select on public.sellers to market_app;
grant select, insert, update, delete on public.offers to market_app;
