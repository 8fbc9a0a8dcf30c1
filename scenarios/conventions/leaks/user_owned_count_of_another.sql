-- The count runs with its owner's rights for whichever user the caller names.
-- system: supabase
-- class: 52
-- expect: leak call-definer on public.open_todo_count at open_todo_count

create table public.lists (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  constraint lists_user_id_id_key unique (user_id, id),
  constraint lists_user_id_title_key unique (user_id, title)
);

create table public.todos (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  list_id uuid not null,
  title text not null,
  done boolean not null default false,
  constraint todos_user_id_list_id_fkey
    foreign key (user_id, list_id) references public.lists (user_id, id) on delete cascade
);

create table public.attachments (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  file_name text not null,
  content text
);

alter table public.lists enable row level security;
alter table public.todos enable row level security;
alter table public.attachments enable row level security;

create policy lists_own on public.lists
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy todos_select on public.todos
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy todos_insert on public.todos
  for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy todos_update on public.todos
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy todos_delete on public.todos
  for delete to authenticated
  using (user_id = (select auth.uid()));

create policy attachments_own on public.attachments
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create function public.open_todo_count(p_user uuid) returns bigint
  language sql stable security definer
  set search_path = ''
as $$
  select count(*) from public.todos where todos.user_id = p_user and not todos.done
$$;

revoke execute on function public.open_todo_count(uuid) from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
