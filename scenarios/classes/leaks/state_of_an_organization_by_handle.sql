-- Asked by the handle that everybody knows, a function tells what the organization keeps to itself.
-- system: supabase
-- class: 52
-- expect: leak call-definer on public.organization_is_late at organization_is_late

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  handle text not null unique,
  name text not null,
  late_with_payment boolean not null default false
);

create table public.memberships (
  org_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (org_id, user_id)
);

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null
);

create function public.is_member(p_org uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.memberships as m where m.org_id = p_org and m.user_id = (select auth.uid())
  )
$$;

create function public.organization_is_late(p_handle text) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select o.late_with_payment from public.organizations as o where o.handle = p_handle
$$;

revoke execute on all functions in schema public from public, anon;

alter table public.organizations enable row level security;
alter table public.memberships enable row level security;
alter table public.projects enable row level security;

create policy organizations_select on public.organizations
  for select to authenticated using (public.is_member(id));
create policy memberships_select on public.memberships
  for select to authenticated using (public.is_member(org_id));
create policy projects_of_members on public.projects
  for all to authenticated using (public.is_member(org_id)) with check (public.is_member(org_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
