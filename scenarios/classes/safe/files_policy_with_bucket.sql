-- The policy for avatars, which everybody may see, names the bucket of avatars and no other.
-- system: supabase
-- class: 62
-- expect: clean

create table public.studios (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.studio_members (
  studio_id uuid not null references public.studios (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (studio_id, user_id)
);

create function public.in_studio(p_studio uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.studio_members
    where studio_members.studio_id = p_studio and studio_members.user_id = (select auth.uid())
  )
$$;

alter table public.studios enable row level security;
alter table public.studio_members enable row level security;

create policy studios_select on public.studios
  for select to authenticated using (public.in_studio(id));
create policy studio_members_select on public.studio_members
  for select to authenticated using (public.in_studio(studio_id));

insert into storage.buckets (id, name, public)
values ('avatars', 'avatars', true), ('masters', 'masters', false);

create policy masters_own on storage.objects
  for all to authenticated
  using (bucket_id = 'masters' and owner_id = (select auth.uid())::text)
  with check (bucket_id = 'masters' and owner_id = (select auth.uid())::text);

create policy avatars_read on storage.objects
  for select using (bucket_id = 'avatars');

revoke execute on function public.in_studio(uuid) from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
