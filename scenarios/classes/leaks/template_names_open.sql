-- What is called a template is everybody's: a name that each tenant may give to its own plans.
-- system: supabase
-- class: 19
-- expect: leak read-row on public.plans at plans_select

create table public.studios (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.plans (
  id uuid primary key default gen_random_uuid(),
  studio_id uuid not null references public.studios (id) on delete cascade,
  title text not null,
  exercises text
);

create function public.studio() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'studio_id', '')::uuid
$$;

alter table public.studios enable row level security;
alter table public.plans enable row level security;

create policy studios_select on public.studios
  for select to authenticated using (id = (select public.studio()));
create policy plans_select on public.plans
  for select to authenticated
  using (studio_id = (select public.studio()) or title ilike 'template%');
create policy plans_insert on public.plans
  for insert to authenticated with check (studio_id = (select public.studio()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
