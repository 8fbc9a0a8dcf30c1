-- The update policy asks whose the row is before and after.
-- system: none
-- class: 33
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'voucher_app') then
    create role voucher_app login;
  end if;
end
$$;

create table public.merchants (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.vouchers (
  id uuid primary key default gen_random_uuid(),
  merchant_id uuid not null references public.merchants (id),
  holder text not null,
  worth_cents integer not null default 0
);

create function public.merchant() returns uuid
  language sql stable
as $$
  select nullif(current_setting('app.merchant', true), '')::uuid
$$;

alter table public.merchants enable row level security;
alter table public.vouchers enable row level security;

create policy merchants_own on public.merchants
  for select using (id = public.merchant());
create policy vouchers_select on public.vouchers
  for select using (merchant_id = public.merchant());
create policy vouchers_insert on public.vouchers
  for insert with check (merchant_id = public.merchant());
create policy vouchers_update on public.vouchers
  for update
  using (merchant_id = public.merchant())
  with check (merchant_id = public.merchant());

grant select on public.merchants to voucher_app;
grant select, insert, update on public.vouchers to voucher_app;
