-- The application writes rows and makes no triggers: REFERENCES and TRIGGER are not among its rights.
-- system: none
-- class: 36
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'trade_gateway') then
    create role trade_gateway login noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'trade_user') then
    create role trade_user nologin;
    grant trade_user to trade_gateway;
  end if;
end
$$;

create table public.traders (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.orders (
  id uuid primary key default gen_random_uuid(),
  trader_id uuid not null references public.traders (id),
  stock text not null,
  amount integer not null default 1
);

create function public.trader() returns uuid
  language sql stable
as $$
  select nullif(current_setting('trade.trader', true), '')::uuid
$$;

alter table public.traders enable row level security;
alter table public.orders enable row level security;

create policy traders_own on public.traders
  for select using (id = public.trader());
create policy orders_own on public.orders
  using (trader_id = public.trader())
  with check (trader_id = public.trader());

revoke create on schema public from public;
grant select on public.traders to trade_user;
grant select, insert, update, delete on public.orders to trade_user;
grant create on schema public to trade_user;
