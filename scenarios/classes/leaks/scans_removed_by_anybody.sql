-- Scans lie in their user's folder; who may remove them is asked for the bucket alone.
-- system: supabase
-- class: 62
-- expect: leak delete-row on storage.objects at scans_remove

create table public.albums (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null
);

alter table public.albums enable row level security;

create policy albums_own on public.albums
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy photos_own on storage.objects
  for all to authenticated
  using (
    bucket_id = 'photos'
    and (storage.foldername(name))[1] = 'private'
    and (storage.foldername(name))[2] = (select auth.uid())::text
  )
  with check (
    bucket_id = 'photos'
    and (storage.foldername(name))[1] = 'private'
    and (storage.foldername(name))[2] = (select auth.uid())::text
  );
create policy scans_own on storage.objects
  for all to authenticated
  using (bucket_id = 'scans' and starts_with(name, (select auth.uid())::text || '/'))
  with check (bucket_id = 'scans' and starts_with(name, (select auth.uid())::text || '/'));
create policy films_own on storage.objects
  for select to authenticated
  using (bucket_id = 'films' and name like (select auth.uid())::text || '/%');

create policy scans_remove on storage.objects
  for delete to authenticated using (bucket_id = 'scans');

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
