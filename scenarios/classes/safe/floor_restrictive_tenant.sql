-- The floor under all policies is restrictive, for everybody, and names the tenant.
-- system: supabase
-- class: 18
-- expect: clean

create table public.kitchens (
  id text primary key check (id ~ '^[a-z0-9-]+$'),
  title text not null
);

create table public.recipes (
  id uuid primary key default gen_random_uuid(),
  kitchen_id text not null references public.kitchens (id) on delete cascade,
  name text not null,
  steps text
);

create function public.kitchen() returns text
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'kitchen', '')
$$;

alter table public.kitchens enable row level security;
alter table public.recipes enable row level security;

create policy kitchens_select on public.kitchens
  for select to authenticated using (id = (select public.kitchen()));

create policy recipes_floor on public.recipes
  as restrictive for all to public
  using (kitchen_id = (select public.kitchen()))
  with check (kitchen_id = (select public.kitchen()));
create policy recipes_signed_in on public.recipes
  for select to authenticated using ((select auth.uid()) is not null);
create policy recipes_insert on public.recipes
  for insert to authenticated with check (true);
create policy recipes_update on public.recipes
  for update to authenticated using (kitchen_id = (select public.kitchen()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
