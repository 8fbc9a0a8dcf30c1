-- A trigger files each invoice in a table whose rows are numbered by an identity column: its gaps are those of every table.
-- system: supabase
-- class: 76
-- expect: clean

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.company_users (
  company_id uuid not null references public.companies (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (company_id, user_id)
);

create table public.folders (
  id bigint generated always as identity primary key,
  company_id uuid not null references public.companies (id) on delete cascade,
  label text not null
);

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id) on delete cascade,
  folder_id bigint,
  buyer text not null
);

create function public.file_invoice() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.folders (company_id, label) values (new.company_id, new.buyer) returning id into new.folder_id;
  return new;
end
$$;

create trigger file_invoice before insert on public.invoices
  for each row execute function public.file_invoice();

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
alter table public.folders enable row level security;
alter table public.invoices enable row level security;

create policy companies_select on public.companies
  for select to authenticated using (public.in_company(id));
create policy company_users_select on public.company_users
  for select to authenticated using (public.in_company(company_id));
create policy folders_select on public.folders
  for select to authenticated using (public.in_company(company_id));
create policy invoices_select on public.invoices
  for select to authenticated using (public.in_company(company_id));
create policy invoices_insert on public.invoices
  for insert to authenticated with check (public.in_company(company_id));

revoke execute on function public.in_company(uuid) from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
