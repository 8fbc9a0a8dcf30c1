-- A table of nothing but keys may be updated by the company whose seats they are.
-- system: supabase
-- class: 33
-- expect: clean

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.employees (
  company_id uuid not null references public.companies (id),
  user_id uuid not null references auth.users (id),
  badge text,
  primary key (company_id, user_id)
);

create table public.seats (
  company_id uuid not null references public.companies (id),
  user_id uuid not null references auth.users (id),
  primary key (company_id, user_id)
);

alter table public.companies enable row level security;
alter table public.employees enable row level security;
alter table public.seats enable row level security;

create policy employees_own on public.employees
  for select to authenticated using (user_id = auth.uid());
create policy companies_own on public.companies
  for select to authenticated using (id in (select company_id from public.employees));
create policy seats_select on public.seats
  for select to authenticated using (company_id in (select company_id from public.employees));
create policy seats_update on public.seats
  for update to authenticated
  using (company_id in (select company_id from public.employees))
  with check (company_id in (select company_id from public.employees));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
