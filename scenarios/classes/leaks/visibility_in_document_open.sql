-- Documents say in their JSON that they are public; meant was within the organization.
-- system: supabase
-- class: 19, 20
-- expect: leak read-row on public.pages at pages_select

create table public.wikis (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.writers (
  user_id uuid primary key references auth.users (id) on delete cascade,
  wiki_id uuid not null references public.wikis (id) on delete cascade,
  pen_name text
);

create table public.pages (
  id uuid primary key default gen_random_uuid(),
  wiki_id uuid not null references public.wikis (id) on delete cascade,
  author_id uuid not null default auth.uid() references public.writers (user_id),
  title text not null,
  options jsonb not null default '{}'
);

create function public.my_wiki() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select writers.wiki_id from public.writers where writers.user_id = (select auth.uid())
$$;

revoke execute on function public.my_wiki() from public, anon;

alter table public.wikis enable row level security;
alter table public.writers enable row level security;
alter table public.pages enable row level security;

create policy wikis_select on public.wikis
  for select to authenticated using (id = (select public.my_wiki()));
create policy writers_select on public.writers
  for select to authenticated using (wiki_id = (select public.my_wiki()));
create policy pages_select on public.pages
  for select to authenticated
  using (author_id = (select auth.uid()) or options ->> 'visibility' = 'public');
create policy pages_insert on public.pages
  for insert to authenticated
  with check (wiki_id = (select public.my_wiki()) and author_id = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
