-- Only captains write memberships, and guests can do nothing about their rank.
-- system: supabase
-- class: 39
-- expect: clean

create type public.crew_rank as enum ('guest', 'sailor', 'captain');

create table public.ships (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.crew (
  ship_id uuid not null references public.ships (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  rank public.crew_rank not null default 'guest',
  nickname text,
  primary key (ship_id, user_id)
);

create table public.watches (
  id uuid primary key default gen_random_uuid(),
  ship_id uuid not null references public.ships (id) on delete cascade,
  remark text not null
);

create table public.wages (
  id uuid primary key default gen_random_uuid(),
  ship_id uuid not null references public.ships (id) on delete cascade,
  sailor text not null,
  cents bigint not null check (cents > 0)
);

create function public.aboard(p_ship uuid, p_least public.crew_rank default 'guest') returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.crew
    where crew.ship_id = p_ship and crew.user_id = (select auth.uid()) and crew.rank >= p_least
  )
$$;

revoke execute on function public.aboard(uuid, public.crew_rank) from public, anon;

alter table public.ships enable row level security;
alter table public.crew enable row level security;
alter table public.watches enable row level security;
alter table public.wages enable row level security;

create policy ships_select on public.ships
  for select to authenticated using (public.aboard(id));
create policy crew_select on public.crew
  for select to authenticated using (public.aboard(ship_id));
create policy crew_captain on public.crew
  for all to authenticated
  using (public.aboard(ship_id, 'captain'))
  with check (public.aboard(ship_id, 'captain'));
create policy watches_all on public.watches
  for all to authenticated
  using (public.aboard(ship_id))
  with check (public.aboard(ship_id));
create policy wages_captain on public.wages
  for all to authenticated
  using (public.aboard(ship_id, 'captain'))
  with check (public.aboard(ship_id, 'captain'));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
