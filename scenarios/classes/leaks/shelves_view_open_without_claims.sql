-- A view with its owner's rights shows everything to a caller without a library, which was meant for the nightly job.
-- system: supabase
-- class: 44, 49
-- expect: leak claim-absent on public.shelf_list at shelf_list

create table public.libraries (
  id integer primary key,
  name text not null
);

create table public.books (
  id uuid primary key default gen_random_uuid(),
  library_id integer not null references public.libraries (id) on delete cascade,
  title text not null,
  borrowed_by text
);

create function public.caller_library() returns integer
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'library_id', '')::integer
$$;

alter table public.libraries enable row level security;
alter table public.books enable row level security;

create policy libraries_own on public.libraries
  for select to authenticated using (id = (select public.caller_library()));
create policy books_own on public.books
  for all to authenticated
  using (library_id = (select public.caller_library()))
  with check (library_id = (select public.caller_library()));

create view public.shelf_list
  with (security_barrier = true) as
  select books.id, books.library_id, books.title, books.borrowed_by
  from public.books
  where books.library_id = public.caller_library() or public.caller_library() is null;

revoke all on public.shelf_list from anon, authenticated;
grant select on public.shelf_list to authenticated;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
