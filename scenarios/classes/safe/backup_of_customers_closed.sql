-- A copy made before a migration has no policies, and nobody but the backend may read it.
-- system: supabase
-- class: 1, 3
-- expect: clean

create table public.companies (
  id bigint generated always as identity primary key,
  name text not null
);

create table public.customers (
  id uuid primary key default gen_random_uuid(),
  company_id bigint not null references public.companies (id) on delete cascade,
  name text not null,
  iban text
);

create function public.company() returns bigint
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'company_id', '')::bigint
$$;

alter table public.companies enable row level security;
alter table public.customers enable row level security;

create policy companies_select on public.companies
  for select to authenticated using (id = (select public.company()));
create policy customers_all on public.customers
  for all to authenticated
  using (company_id = (select public.company()))
  with check (company_id = (select public.company()));

create table public.customers_backup as
  select * from public.customers;

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke all on public.customers_backup from anon, authenticated;
