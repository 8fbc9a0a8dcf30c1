-- Invoices are numbered by one sequence for all companies: two numbers of the own tell how many the others wrote between them.
-- system: supabase
-- class: 76
-- expect: leak sense-row on public.invoices at draw_invoice_number

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  last_invoice integer not null default 0
);

create table public.company_users (
  company_id uuid not null references public.companies (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (company_id, user_id)
);

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id) on delete cascade,
  number integer not null,
  buyer text not null,
  constraint invoices_company_id_number_key unique (company_id, number)
);

create sequence public.invoice_numbers;

create function public.draw_invoice_number() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  new.number := nextval('public.invoice_numbers');
  return new;
end
$$;

create trigger draw_invoice_number before insert on public.invoices
  for each row execute function public.draw_invoice_number();

create function public.in_company(p_company uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.company_users
    where company_users.company_id = p_company and company_users.user_id = (select auth.uid())
  )
$$;

alter table public.companies enable row level security;
alter table public.company_users enable row level security;
alter table public.invoices enable row level security;

create policy companies_select on public.companies
  for select to authenticated using (public.in_company(id));
create policy company_users_select on public.company_users
  for select to authenticated using (public.in_company(company_id));
create policy invoices_select on public.invoices
  for select to authenticated using (public.in_company(company_id));
create policy invoices_insert on public.invoices
  for insert to authenticated with check (public.in_company(company_id));

revoke execute on function public.in_company(uuid) from public, anon;
revoke all on all sequences in schema public from anon, authenticated;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
