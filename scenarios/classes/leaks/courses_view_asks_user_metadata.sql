-- A view with its owner's rights takes the school from user_metadata, which every user edits by a single call.
-- system: supabase
-- class: 15, 44
-- expect: leak claim-editable on public.course_list at course_list

create table public.schools (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.courses (
  id uuid primary key default gen_random_uuid(),
  school_id uuid not null references public.schools (id) on delete cascade,
  title text not null,
  teacher text
);

create function public.caller_school() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'school_id', '')::uuid
$$;

alter table public.schools enable row level security;
alter table public.courses enable row level security;

create policy schools_own on public.schools
  for select to authenticated using (id = (select public.caller_school()));
create policy courses_own on public.courses
  for all to authenticated
  using (school_id = (select public.caller_school()))
  with check (school_id = (select public.caller_school()));

create view public.course_list
  with (security_barrier = true) as
  select courses.id, courses.title, courses.teacher
  from public.courses
  where courses.school_id = nullif(auth.jwt() -> 'user_metadata' ->> 'school_id', '')::uuid;

revoke all on public.course_list from anon, authenticated;
grant select on public.course_list to authenticated;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
