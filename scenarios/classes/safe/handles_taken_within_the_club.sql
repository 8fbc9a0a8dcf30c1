-- Members may only change their handle, which is unique within the club.
-- system: supabase
-- class: 71
-- expect: clean

create table public.clubs (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.players (
  id uuid primary key references auth.users (id) on delete cascade,
  club_id uuid not null references public.clubs (id) on delete cascade,
  handle text,
  motto text,
  constraint players_handle_key unique (club_id, handle)
);

create function public.my_club() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select players.club_id from public.players where players.id = (select auth.uid())
$$;

alter table public.clubs enable row level security;
alter table public.players enable row level security;

create policy clubs_own on public.clubs
  for select to authenticated using (id = (select public.my_club()));
create policy players_club on public.players
  for select to authenticated using (club_id = (select public.my_club()));
create policy players_self on public.players
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

revoke execute on function public.my_club() from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.players from anon, authenticated;
grant update (handle, motto) on public.players to authenticated;
