-- Recordings lie in a folder of their user; who may read is asked for the bucket alone.
-- system: supabase
-- class: 62
-- expect: leak read-row on storage.objects at recordings_read

create table public.episodes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  recording text
);

alter table public.episodes enable row level security;

create policy episodes_own on public.episodes
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

insert into storage.buckets (id, name, public) values ('recordings', 'recordings', false);

create policy recordings_read on storage.objects
  for select to authenticated
  using (bucket_id = 'recordings');
create policy recordings_upload on storage.objects
  for insert to authenticated
  with check (bucket_id = 'recordings' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy recordings_remove on storage.objects
  for delete to authenticated
  using (bucket_id = 'recordings' and (storage.foldername(name))[1] = (select auth.uid())::text);

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
