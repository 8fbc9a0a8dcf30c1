-- A profile points at the company; users may change their display name, and never the company.
-- system: supabase
-- class: 10, 44
-- expect: clean

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  company_id uuid not null references public.companies (id) on delete cascade,
  display_name text
);

create table public.customers (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id) on delete cascade,
  name text not null,
  email text not null,
  constraint customers_company_id_id_key unique (company_id, id),
  constraint customers_company_id_email_key unique (company_id, email)
);

create table public.orders (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id) on delete cascade,
  customer_id uuid not null,
  total_cents bigint not null default 0 check (total_cents >= 0),
  remark text,
  constraint orders_company_id_customer_id_fkey
    foreign key (company_id, customer_id) references public.customers (company_id, id)
);

create function public.my_company() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select profiles.company_id from public.profiles where profiles.id = (select auth.uid())
$$;

revoke execute on function public.my_company() from public, anon;

alter table public.companies enable row level security;
alter table public.profiles enable row level security;
alter table public.customers enable row level security;
alter table public.orders enable row level security;

create policy companies_select on public.companies
  for select to authenticated using (id = (select public.my_company()));

create policy profiles_select on public.profiles
  for select to authenticated using (company_id = (select public.my_company()));
create policy profiles_update on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

create policy customers_select on public.customers
  for select to authenticated using (company_id = (select public.my_company()));
create policy customers_write on public.customers
  for all to authenticated
  using (company_id = (select public.my_company()))
  with check (company_id = (select public.my_company()));

create policy orders_all on public.orders
  for all to authenticated
  using (company_id = (select public.my_company()))
  with check (company_id = (select public.my_company()));

create view public.order_list
  with (security_invoker = true) as
  select orders.id, orders.company_id, orders.total_cents, customers.name as customer
  from public.orders
  join public.customers on customers.id = orders.customer_id;

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.profiles from anon, authenticated;
grant update (display_name) on public.profiles to authenticated;
