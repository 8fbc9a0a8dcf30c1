-- The flag of the product's own staff stands in the profile, of which each user may update the name.
-- system: supabase
-- class: 39
-- expect: clean
-- expect: unproven call-definer on public.is_support
-- note: No member of a tenant carries the flag, so that the answer is the same for all of them.

create table public.labs (
  id text primary key check (id <> ''),
  title text not null
);

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  lab_id text not null references public.labs (id) on delete cascade,
  full_name text,
  is_support boolean not null default false
);

create table public.samples (
  id uuid primary key default gen_random_uuid(),
  lab_id text not null references public.labs (id) on delete cascade,
  donor text not null,
  result text
);

create function public.my_lab() returns text
  language sql stable security definer
  set search_path = ''
as $$
  select profiles.lab_id from public.profiles where profiles.id = (select auth.uid())
$$;

create function public.is_support() returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select coalesce((select profiles.is_support from public.profiles where profiles.id = (select auth.uid())), false)
$$;

revoke execute on function public.my_lab(), public.is_support() from public, anon;

alter table public.labs enable row level security;
alter table public.profiles enable row level security;
alter table public.samples enable row level security;

create policy labs_select on public.labs
  for select to authenticated using (id = (select public.my_lab()));
create policy profiles_select on public.profiles
  for select to authenticated using (lab_id = (select public.my_lab()));
create policy profiles_update on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and lab_id = (select public.my_lab()));
create policy samples_select on public.samples
  for select to authenticated
  using (lab_id = (select public.my_lab()) or (select public.is_support()));
create policy samples_write on public.samples
  for all to authenticated
  using (lab_id = (select public.my_lab()))
  with check (lab_id = (select public.my_lab()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, delete on public.profiles from anon, authenticated;
revoke update on public.profiles from anon, authenticated;
grant update (full_name) on public.profiles to authenticated;
