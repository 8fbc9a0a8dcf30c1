-- Whoever is signed in sees the list of portraits, each in its user's folder: the bucket is public, and serves them to everybody.
-- system: supabase
-- class: 62
-- expect: clean
-- expect: unproven read-row on storage.objects
-- note: Every file lies in the public bucket, so that there is none whose reading could prove anything.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  portrait text
);

alter table public.profiles enable row level security;

create policy profiles_own on public.profiles
  for all to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

insert into storage.buckets (id, name, public) values ('portraits', 'portraits', true);

create policy portraits_read on storage.objects
  for select to authenticated using (bucket_id = 'portraits');
create policy portraits_write on storage.objects
  for insert to authenticated
  with check (bucket_id = 'portraits' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy portraits_remove on storage.objects
  for delete to authenticated
  using (bucket_id = 'portraits' and (storage.foldername(name))[1] = (select auth.uid())::text);

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
