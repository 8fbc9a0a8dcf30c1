-- Whoever calls the function is a player of the league that it names.
-- system: supabase
-- class: 38, 50
-- expect: leak call-definer on public.join_league(uuid) at join_league
-- note: The first of two steps: with the membership, the matches of the league open.

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

create function public.join_league(p_league uuid) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if (select auth.uid()) is null then
    raise insufficient_privilege using message = 'sign in first';
  end if;
  insert into public.players (league_id, user_id) values (p_league, (select auth.uid())) on conflict do nothing;
end
$$;

revoke execute on function public.join_league(uuid) from public, anon;

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.players from anon, authenticated;
revoke insert, update, delete on public.leagues from anon, authenticated;
