-- Whoever does not want to see an essay hides it, and shows it again: the list is its own.
-- system: supabase
-- class: 21
-- expect: clean

create table public.schools (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.pupils (
  school_id uuid not null references public.schools (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  nickname text,
  primary key (school_id, user_id)
);

create table public.essays (
  id uuid primary key default gen_random_uuid(),
  school_id uuid not null references public.schools (id) on delete cascade,
  title text not null
);

create table public.essay_bans (
  essay_id uuid not null references public.essays (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  reason text,
  primary key (essay_id, user_id)
);

create function public.my_schools() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select pupils.school_id from public.pupils where pupils.user_id = (select auth.uid())
$$;

create function public.banned_from(p_essay uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.essay_bans
    where essay_bans.essay_id = p_essay and essay_bans.user_id = (select auth.uid())
  )
$$;

revoke execute on function public.my_schools(), public.banned_from(uuid) from public, anon;

alter table public.schools enable row level security;
alter table public.pupils enable row level security;
alter table public.essays enable row level security;
alter table public.essay_bans enable row level security;

create policy schools_select on public.schools
  for select to authenticated using (id in (select public.my_schools()));
create policy pupils_select on public.pupils
  for select to authenticated using (school_id in (select public.my_schools()));
create policy essays_select on public.essays
  for select to authenticated
  using (school_id in (select public.my_schools()) and not public.banned_from(id));
create policy essays_insert on public.essays
  for insert to authenticated with check (school_id in (select public.my_schools()));
create policy essay_bans_select on public.essay_bans
  for select to authenticated using (user_id = (select auth.uid()));
create policy essay_bans_insert on public.essay_bans
  for insert to authenticated with check (
    user_id = (select auth.uid())
    and exists (select from public.essays where essays.id = essay_bans.essay_id)
  );
create policy essay_bans_delete on public.essay_bans
  for delete to authenticated using (user_id = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.pupils from anon, authenticated;
revoke update on public.essay_bans from anon, authenticated;
