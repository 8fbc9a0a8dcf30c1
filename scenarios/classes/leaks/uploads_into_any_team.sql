-- A team's files lie in the team's folder; who uploads is asked for the second folder alone, and writes into any team's.
-- system: supabase
-- class: 62
-- expect: leak insert-row on storage.objects at uploads_write

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.team_members (
  team_id uuid not null references public.teams (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (team_id, user_id)
);

create function public.is_member(p_team text) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.team_members
    where team_members.team_id::text = p_team and team_members.user_id = (select auth.uid())
  )
$$;

create function public.in_team(p_team uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.team_members
    where team_members.team_id = p_team and team_members.user_id = (select auth.uid())
  )
$$;

alter table public.teams enable row level security;
alter table public.team_members enable row level security;

create policy teams_select on public.teams
  for select to authenticated using (public.in_team(id));
create policy team_members_select on public.team_members
  for select to authenticated using (public.in_team(team_id));

insert into storage.buckets (id, name, public)
values ('uploads', 'uploads', false), ('portraits', 'portraits', true);

-- The team reads, and only the member whose folder it is writes.
create policy uploads_read on storage.objects
  for select to authenticated
  using (bucket_id = 'uploads' and public.is_member(split_part(name, '/', 1)));
create policy uploads_write on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'uploads'
    and (storage.foldername(name))[2] = (select auth.uid())::text
  );
create policy uploads_delete on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'uploads'
    and public.is_member((storage.foldername(name))[1])
    and (storage.foldername(name))[2] = (select auth.uid())::text
  );

create policy portraits_read on storage.objects
  for select using (bucket_id = 'portraits');
create policy portraits_write on storage.objects
  for insert to authenticated
  with check (bucket_id = 'portraits' and path_tokens[1] = (select auth.uid())::text);

revoke execute on function public.is_member(text), public.in_team(uuid) from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
