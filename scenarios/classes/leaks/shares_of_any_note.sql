-- A share may be written by whoever signs it, for whichever note: the user shares another user's note with itself.
-- system: supabase
-- class: 20
-- expect: leak gain-access on public.note_shares at note_shares_insert

create table public.notes (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  body text
);

create table public.note_shares (
  note_id uuid not null references public.notes (id) on delete cascade,
  shared_with uuid not null references auth.users (id) on delete cascade,
  shared_by uuid not null default auth.uid() references auth.users (id) on delete cascade,
  primary key (note_id, shared_with)
);

-- With its owner's rights, because notes and shares ask each other.
create function public.owns_note(p_note uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (select from public.notes where notes.id = p_note and notes.owner_id = (select auth.uid()))
$$;

revoke execute on function public.owns_note(uuid) from public, anon;

alter table public.notes enable row level security;
alter table public.note_shares enable row level security;

create policy notes_select on public.notes
  for select to authenticated
  using (
    owner_id = (select auth.uid())
    or id in (select s.note_id from public.note_shares as s where s.shared_with = (select auth.uid()))
  );
create policy notes_insert on public.notes
  for insert to authenticated with check (owner_id = (select auth.uid()));
create policy notes_update on public.notes
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));
create policy notes_delete on public.notes
  for delete to authenticated using (owner_id = (select auth.uid()));

create policy note_shares_select on public.note_shares
  for select to authenticated
  using (shared_with = (select auth.uid()) or shared_by = (select auth.uid()));
create policy note_shares_insert on public.note_shares
  for insert to authenticated
  with check (shared_by = (select auth.uid()));
create policy note_shares_delete on public.note_shares
  for delete to authenticated using (shared_by = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke update on public.note_shares from anon, authenticated;
