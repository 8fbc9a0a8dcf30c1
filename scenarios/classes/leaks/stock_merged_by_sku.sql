-- The import merges by article number alone, with its owner's rights: another store's stock is overwritten.
-- system: none
-- class: 42
-- expect: leak call-definer on public.import_stock at import_stock

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'stock_app') then
    create role stock_app login;
  end if;
end
$$;

create table public.stores (
  id text primary key check (id <> ''),
  city text not null
);

create table public.stock (
  store_id text not null references public.stores (id),
  sku text not null,
  quantity integer not null default 0,
  note text,
  primary key (store_id, sku)
);

create function public.store() returns text
  language sql stable
as $$
  select nullif(current_setting('app.store', true), '')
$$;

create function public.import_stock(p_sku text, p_quantity integer) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if public.store() is null then
    raise insufficient_privilege using message = 'no store is set';
  end if;
  merge into public.stock as s
  using (select p_sku as sku, p_quantity as quantity) as n
    on s.sku = n.sku
  when matched then
    update set quantity = n.quantity
  when not matched then
    insert (store_id, sku, quantity) values (public.store(), n.sku, n.quantity);
end
$$;

alter table public.stores enable row level security;
alter table public.stock enable row level security;

create policy stores_own on public.stores
  for select to stock_app using (id = public.store());
create policy stock_own on public.stock
  for select to stock_app using (store_id = public.store());

revoke execute on function public.import_stock(text, integer) from public;
grant execute on function public.import_stock(text, integer) to stock_app;
grant select on public.stores, public.stock to stock_app;
