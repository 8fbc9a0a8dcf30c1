-- The policy for DELETE asks whether the caller administers this library.
-- system: supabase
-- class: 13, 32
-- expect: clean

create table public.libraries (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.librarians (
  library_id uuid not null references public.libraries (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  is_admin boolean not null default false,
  primary key (library_id, user_id)
);

create table public.loans (
  id uuid primary key default gen_random_uuid(),
  library_id uuid not null references public.libraries (id) on delete cascade,
  reader text not null,
  book text not null
);

alter table public.libraries enable row level security;
alter table public.librarians enable row level security;
alter table public.loans enable row level security;

create policy librarians_self on public.librarians
  for select to authenticated using (user_id = (select auth.uid()));
create policy libraries_select on public.libraries
  for select to authenticated
  using (exists (select from public.librarians as l where l.library_id = libraries.id));
create policy loans_select on public.loans
  for select to authenticated
  using (exists (select from public.librarians as l where l.library_id = loans.library_id));
create policy loans_insert on public.loans
  for insert to authenticated
  with check (exists (select from public.librarians as l where l.library_id = loans.library_id));
create policy loans_delete on public.loans
  for delete to authenticated
  using (exists (select from public.librarians as l where l.library_id = loans.library_id and l.is_admin));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.librarians from anon, authenticated;
