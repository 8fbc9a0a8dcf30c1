-- Beside policies that read their own table, and refuse everybody, stands one that lets anybody write outings.
-- system: supabase
-- class: 1
-- expect: leak insert-row on public.outings at outings_insert

create table public.boathouses (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.rowers (
  boathouse_id uuid not null references public.boathouses (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (boathouse_id, user_id)
);

create table public.outings (
  id uuid primary key default gen_random_uuid(),
  boathouse_id uuid not null references public.boathouses (id) on delete cascade,
  report text not null
);

create table public.diaries (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  entry text not null
);

alter table public.boathouses enable row level security;
alter table public.rowers enable row level security;
alter table public.outings enable row level security;
alter table public.diaries enable row level security;

create policy rowers_select on public.rowers
  for select to authenticated
  using (exists (
    select from public.rowers as mine
    where mine.boathouse_id = rowers.boathouse_id and mine.user_id = (select auth.uid())
  ));
create policy outings_select on public.outings
  for select to authenticated
  using (exists (
    select from public.rowers as mine
    where mine.boathouse_id = outings.boathouse_id and mine.user_id = (select auth.uid())
  ));
create policy outings_insert on public.outings
  for insert to authenticated
  with check (true);
create policy diaries_all on public.diaries
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
