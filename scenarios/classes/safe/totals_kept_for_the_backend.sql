-- A materialized view keeps the number of tasks of all organizations for the backend alone.
-- system: supabase
-- class: 47
-- expect: clean

create type public.member_role as enum ('viewer', 'editor', 'owner');

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);

create table public.memberships (
  org_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.member_role not null default 'viewer',
  primary key (org_id, user_id)
);

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null,
  archived boolean not null default false,
  constraint projects_org_id_id_key unique (org_id, id)
);

create table public.tasks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  project_id uuid not null,
  title text not null,
  constraint tasks_org_id_project_id_fkey
    foreign key (org_id, project_id) references public.projects (org_id, id) on delete cascade
);

create function public.is_member(p_org uuid, p_least public.member_role default 'viewer') returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.memberships
    where memberships.org_id = p_org
      and memberships.user_id = (select auth.uid())
      and memberships.role >= p_least
  )
$$;

revoke execute on function public.is_member(uuid, public.member_role) from public, anon;

alter table public.organizations enable row level security;
alter table public.memberships enable row level security;
alter table public.projects enable row level security;
alter table public.tasks enable row level security;

create policy organizations_select on public.organizations
  for select to authenticated using (public.is_member(id));

create policy memberships_select on public.memberships
  for select to authenticated using (public.is_member(org_id));
create policy memberships_owner on public.memberships
  for all to authenticated
  using (public.is_member(org_id, 'owner'))
  with check (public.is_member(org_id, 'owner'));

create policy projects_select on public.projects
  for select to authenticated using (public.is_member(org_id));
create policy projects_insert on public.projects
  for insert to authenticated with check (public.is_member(org_id, 'editor'));
create policy projects_update on public.projects
  for update to authenticated
  using (public.is_member(org_id, 'editor'))
  with check (public.is_member(org_id, 'editor'));
create policy projects_delete on public.projects
  for delete to authenticated using (public.is_member(org_id, 'owner'));

create policy tasks_select on public.tasks
  for select to authenticated using (public.is_member(org_id));
create policy tasks_write on public.tasks
  for all to authenticated
  using (public.is_member(org_id, 'editor'))
  with check (public.is_member(org_id, 'editor'));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;

create materialized view public.task_totals as
  select count(*) as tasks, count(distinct project_id) as projects from public.tasks;
revoke all on public.task_totals from anon, authenticated;
