-- The platform's administrator reads every agency's tenders: no agency's member begins with that rank or can take it.
-- system: supabase
-- class: 27
-- expect: clean

create table public.agencies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.agents (
  id uuid primary key references auth.users (id) on delete cascade,
  agency_id uuid not null references public.agencies (id) on delete cascade,
  display_name text,
  role text not null default 'agent' check (role in ('agent', 'lead', 'platform_admin'))
);

create table public.tenders (
  id uuid primary key default gen_random_uuid(),
  agency_id uuid not null references public.agencies (id) on delete cascade,
  offer text not null
);

create function public.my_agency() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select agents.agency_id from public.agents where agents.id = (select auth.uid())
$$;

create function public.my_role() returns text
  language sql stable security definer
  set search_path = ''
as $$
  select agents.role from public.agents where agents.id = (select auth.uid())
$$;
revoke execute on function public.my_agency(), public.my_role() from public, anon;

alter table public.agencies enable row level security;
alter table public.agents enable row level security;
alter table public.tenders enable row level security;

create policy agencies_select on public.agencies
  for select to authenticated using (id = public.my_agency() or public.my_role() = 'platform_admin');
create policy agencies_update on public.agencies
  for update to authenticated
  using (public.my_role() = 'platform_admin')
  with check (public.my_role() = 'platform_admin');
create policy agents_select on public.agents
  for select to authenticated using (agency_id = public.my_agency() or public.my_role() = 'platform_admin');
create policy agents_update on public.agents
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and agency_id = public.my_agency());
create policy tenders_select on public.tenders
  for select to authenticated using (agency_id = public.my_agency() or public.my_role() = 'platform_admin');
create policy tenders_write on public.tenders
  for insert to authenticated with check (agency_id = public.my_agency() and public.my_role() = 'lead');

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke update on public.agents from anon, authenticated;
grant update (display_name) on public.agents to authenticated;
