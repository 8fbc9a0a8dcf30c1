-- Everybody edits its own row, but only the columns that are granted, and the flag is not among them.
-- system: supabase
-- class: 21, 39
-- expect: clean

create table public.firms (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.staff (
  user_id uuid primary key references auth.users (id) on delete cascade,
  firm_id uuid not null references public.firms (id) on delete cascade,
  display_name text,
  is_support boolean not null default false
);

create table public.tickets (
  id uuid primary key default gen_random_uuid(),
  firm_id uuid not null references public.firms (id) on delete cascade,
  title text not null,
  body text not null
);

create function public.my_firm() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select staff.firm_id from public.staff where staff.user_id = (select auth.uid())
$$;

revoke execute on function public.my_firm() from public, anon;

alter table public.firms enable row level security;
alter table public.staff enable row level security;
alter table public.tickets enable row level security;

create policy firms_select on public.firms
  for select to authenticated using (id = (select public.my_firm()));
create policy staff_select on public.staff
  for select to authenticated using (firm_id = (select public.my_firm()));
create policy staff_update on public.staff
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and firm_id = (select public.my_firm()));
create policy tickets_select on public.tickets
  for select to authenticated
  using (
    firm_id = (select public.my_firm())
    or exists (select from public.staff where staff.user_id = (select auth.uid()) and staff.is_support)
  );
create policy tickets_write on public.tickets
  for insert to authenticated
  with check (firm_id = (select public.my_firm()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, delete on public.staff from anon, authenticated;
revoke update on public.staff from anon, authenticated;
grant update (display_name) on public.staff to authenticated;
