-- A view in the exposed schema shows the caller's own row of auth.users.
-- system: supabase
-- class: 63
-- expect: clean

create table public.recipes (
  id bigint generated always as identity primary key,
  author_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  steps text
);

create table public.shopping_items (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  label text not null,
  done boolean not null default false
);

alter table public.recipes enable row level security;
alter table public.shopping_items enable row level security;

create policy recipes_own on public.recipes
  for all to authenticated
  using (author_id = (select auth.uid()))
  with check (author_id = (select auth.uid()));
create policy shopping_items_own on public.shopping_items
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create view public.accounts
  with (security_barrier = true) as
  select users.id, users.email, users.created_at from auth.users where users.id = (select auth.uid());

revoke all on public.accounts from anon, authenticated;
grant select on public.accounts to authenticated;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
