-- The files ask the token and the membership: who was removed from the school reads nothing, whatever the token says.
-- system: supabase
-- class: 26
-- expect: clean

create table public.schools (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.school_members (
  school_id uuid not null references public.schools (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (school_id, user_id)
);

create table public.courses (
  id uuid primary key default gen_random_uuid(),
  school_id uuid not null references public.schools (id) on delete cascade,
  title text not null
);

create table public.files (
  id uuid primary key default gen_random_uuid(),
  school_id uuid not null references public.schools (id) on delete cascade,
  name text not null,
  content text
);

create function public.token_school() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'school_id', '')::uuid
$$;

create function public.is_member(p_school uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select p_school = public.token_school() and exists (
    select from public.school_members
    where school_members.school_id = p_school and school_members.user_id = (select auth.uid())
  )
$$;

revoke execute on function public.is_member(uuid) from public, anon;

alter table public.schools enable row level security;
alter table public.school_members enable row level security;
alter table public.courses enable row level security;
alter table public.files enable row level security;

create policy schools_select on public.schools
  for select to authenticated using (public.is_member(id));
create policy school_members_select on public.school_members
  for select to authenticated using (public.is_member(school_id));
create policy courses_all on public.courses
  for all to authenticated
  using (public.is_member(school_id))
  with check (public.is_member(school_id));
create policy files_select on public.files
  for select to authenticated using (public.is_member(school_id));
create policy files_insert on public.files
  for insert to authenticated with check (public.is_member(school_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
