-- A list of readers is compared as text in the policy: a list that is none names nobody.
-- system: supabase
-- class: 43
-- expect: clean

create table public.bureaus (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.bureau_users (
  user_id uuid primary key references auth.users (id) on delete cascade,
  bureau_id uuid not null references public.bureaus (id) on delete cascade
);

create table public.reports (
  id uuid primary key default gen_random_uuid(),
  bureau_id uuid not null references public.bureaus (id) on delete cascade,
  title text not null,
  readers text not null default ''
);

create function public.my_bureau() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select bureau_users.bureau_id from public.bureau_users where bureau_users.user_id = (select auth.uid())
$$;

revoke execute on function public.my_bureau() from public, anon;

alter table public.bureaus enable row level security;
alter table public.bureau_users enable row level security;
alter table public.reports enable row level security;

create policy bureaus_select on public.bureaus
  for select to authenticated using (id = (select public.my_bureau()));
create policy bureau_users_select on public.bureau_users
  for select to authenticated using (bureau_id = (select public.my_bureau()));

create policy reports_select on public.reports
  for select to authenticated
  using (
    bureau_id = (select public.my_bureau())
    and (readers = '' or (select auth.uid())::text = any (string_to_array(readers, ',')))
  );
create policy reports_insert on public.reports
  for insert to authenticated with check (bureau_id = (select public.my_bureau()));
create policy reports_update on public.reports
  for update to authenticated
  using (bureau_id = (select public.my_bureau()))
  with check (bureau_id = (select public.my_bureau()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
