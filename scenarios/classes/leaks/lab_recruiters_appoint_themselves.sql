-- Recruiters take people into any lab, and who recruits stands in a row that everybody edits: two writes, then the reads.
-- system: supabase
-- class: 21, 38, 39
-- expect: leak gain-access on public.people at people_update

create table public.labs (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.people (
  user_id uuid primary key references auth.users (id) on delete cascade,
  display_name text,
  recruits boolean not null default false
);

create table public.lab_members (
  lab_id uuid not null references public.labs (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  joined_at timestamptz not null default now(),
  primary key (lab_id, user_id)
);

create table public.protocols (
  id uuid primary key default gen_random_uuid(),
  lab_id uuid not null references public.labs (id) on delete cascade,
  title text not null,
  body text not null
);

create function public.my_labs() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select lab_members.lab_id from public.lab_members where lab_members.user_id = (select auth.uid())
$$;

revoke execute on function public.my_labs() from public, anon;

alter table public.labs enable row level security;
alter table public.people enable row level security;
alter table public.lab_members enable row level security;
alter table public.protocols enable row level security;

create policy labs_select on public.labs
  for select to authenticated using (id in (select public.my_labs()));
create policy people_select on public.people
  for select to authenticated using (user_id = (select auth.uid()));
create policy people_update on public.people
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy lab_members_select on public.lab_members
  for select to authenticated using (lab_id in (select public.my_labs()));
create policy lab_members_recruit on public.lab_members
  for insert to authenticated
  with check (exists (select from public.people where people.user_id = (select auth.uid()) and people.recruits));
create policy protocols_select on public.protocols
  for select to authenticated using (lab_id in (select public.my_labs()));
create policy protocols_insert on public.protocols
  for insert to authenticated with check (lab_id in (select public.my_labs()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, delete on public.people from anon, authenticated;
revoke update, delete on public.lab_members from anon, authenticated;
