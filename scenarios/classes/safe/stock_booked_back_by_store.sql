-- A sale that is taken back is booked back, with the trigger's owner's rights, on its own store's stock.
-- system: none
-- class: 54
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'cashier') then
    create role cashier login;
  end if;
end
$$;

create table public.stores (
  id bigint primary key,
  name text not null
);

create table public.stock (
  store_id bigint not null references public.stores (id),
  article text not null,
  pieces integer not null default 0,
  primary key (store_id, article)
);

create table public.sales (
  id uuid primary key default gen_random_uuid(),
  store_id bigint not null references public.stores (id),
  article text not null,
  pieces integer not null
);

create function public.book_sale() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update public.stock set pieces = stock.pieces + old.pieces
  where stock.store_id = old.store_id and stock.article = old.article;
  return null;
end
$$;

create trigger book_sale after delete on public.sales
  for each row execute function public.book_sale();

alter table public.stores enable row level security;
alter table public.stock enable row level security;
alter table public.sales enable row level security;

create policy stores_own on public.stores
  for select to cashier using (id = nullif(current_setting('cash.store', true), '')::bigint);
create policy stock_own on public.stock
  for select to cashier using (store_id = nullif(current_setting('cash.store', true), '')::bigint);
create policy sales_read on public.sales
  for select to cashier using (store_id = nullif(current_setting('cash.store', true), '')::bigint);
create policy sales_write on public.sales
  for insert to cashier with check (store_id = nullif(current_setting('cash.store', true), '')::bigint);

create policy sales_undo on public.sales
  for delete to cashier using (store_id = nullif(current_setting('cash.store', true), '')::bigint);

grant select on public.stores, public.stock to cashier;
grant select, insert, delete on public.sales to cashier;
