-- A lead without an agency is shown to everybody, also when another agency's salesman wrote it down.
-- system: supabase
-- class: 12
-- expect: leak read-row on public.leads at leads_select

create table public.agencies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.salesmen (
  user_id uuid primary key references auth.users (id) on delete cascade,
  agency_id uuid not null references public.agencies (id) on delete cascade,
  full_name text
);

create table public.leads (
  id uuid primary key default gen_random_uuid(),
  agency_id uuid references public.agencies (id) on delete set null,
  created_by uuid not null default auth.uid() references public.salesmen (user_id),
  company text not null,
  phone text
);

create function public.my_agency() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select salesmen.agency_id from public.salesmen where salesmen.user_id = (select auth.uid())
$$;

revoke execute on function public.my_agency() from public, anon;

alter table public.agencies enable row level security;
alter table public.salesmen enable row level security;
alter table public.leads enable row level security;

create policy agencies_select on public.agencies
  for select to authenticated using (id = (select public.my_agency()));
create policy salesmen_select on public.salesmen
  for select to authenticated using (agency_id = (select public.my_agency()));

create policy leads_select on public.leads
  for select to authenticated
  using (agency_id = (select public.my_agency()) or agency_id is null);
create policy leads_insert on public.leads
  for insert to authenticated
  with check (created_by = (select auth.uid()) and (agency_id is null or agency_id = (select public.my_agency())));
create policy leads_update on public.leads
  for update to authenticated
  using (agency_id = (select public.my_agency()))
  with check (agency_id = (select public.my_agency()) and created_by = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
