-- Whoever signs in may found a league, and is its first player.
-- system: supabase
-- class: 38
-- expect: clean

create table public.leagues (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  is_open boolean not null default false
);

create table public.players (
  league_id uuid not null references public.leagues (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  joined_at timestamptz not null default now(),
  primary key (league_id, user_id)
);

create table public.matches (
  id uuid primary key default gen_random_uuid(),
  league_id uuid not null references public.leagues (id) on delete cascade,
  remark text not null
);

create function public.my_leagues() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select players.league_id from public.players where players.user_id = (select auth.uid())
$$;

revoke execute on function public.my_leagues() from public, anon;

alter table public.leagues enable row level security;
alter table public.players enable row level security;
alter table public.matches enable row level security;

create policy leagues_select on public.leagues
  for select to authenticated using (id in (select public.my_leagues()));
create policy players_select on public.players
  for select to authenticated using (league_id in (select public.my_leagues()));
create policy matches_select on public.matches
  for select to authenticated using (league_id in (select public.my_leagues()));
create policy matches_insert on public.matches
  for insert to authenticated with check (league_id in (select public.my_leagues()));

create function public.first_player() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if (select auth.uid()) is not null then
    insert into public.players (league_id, user_id) values (new.id, (select auth.uid()));
  end if;
  return null;
end
$$;

revoke execute on function public.first_player() from public, anon, authenticated;

create trigger leagues_first_player after insert on public.leagues
  for each row execute function public.first_player();

create policy leagues_insert on public.leagues
  for insert to authenticated with check (true);

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.players from anon, authenticated;
revoke update, delete on public.leagues from anon, authenticated;
