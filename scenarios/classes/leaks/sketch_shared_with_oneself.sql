-- A share names its reader, and the reader may write it: whoever knows a sketch's id shares it with itself.
-- system: supabase
-- class: 21, 38
-- expect: leak gain-access on public.sketch_shares at sketch_shares_insert

create table public.studios (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.artists (
  user_id uuid primary key references auth.users (id) on delete cascade,
  studio_id uuid not null references public.studios (id) on delete cascade,
  joined_at timestamptz not null default now()
);

create table public.sketches (
  id uuid primary key default gen_random_uuid(),
  studio_id uuid not null references public.studios (id) on delete cascade,
  title text not null
);

create table public.sketch_shares (
  sketch_id uuid not null references public.sketches (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  shared_at timestamptz not null default now(),
  primary key (sketch_id, user_id)
);

create function public.my_studio() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select artists.studio_id from public.artists where artists.user_id = (select auth.uid())
$$;

create function public.shared_with_me(p_sketch uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.sketch_shares
    where sketch_shares.sketch_id = p_sketch and sketch_shares.user_id = (select auth.uid())
  )
$$;

create function public.is_ours(p_sketch uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.sketches
    where sketches.id = p_sketch and sketches.studio_id = (select public.my_studio())
  )
$$;

revoke execute on function public.my_studio(), public.shared_with_me(uuid), public.is_ours(uuid) from public, anon;

alter table public.studios enable row level security;
alter table public.artists enable row level security;
alter table public.sketches enable row level security;
alter table public.sketch_shares enable row level security;

create policy studios_select on public.studios
  for select to authenticated using (id = (select public.my_studio()));
create policy artists_select on public.artists
  for select to authenticated using (studio_id = (select public.my_studio()));
create policy sketches_select on public.sketches
  for select to authenticated
  using (studio_id = (select public.my_studio()) or public.shared_with_me(id));
create policy sketches_insert on public.sketches
  for insert to authenticated with check (studio_id = (select public.my_studio()));
create policy sketch_shares_select on public.sketch_shares
  for select to authenticated
  using (user_id = (select auth.uid()) or public.is_ours(sketch_id));
create policy sketch_shares_insert on public.sketch_shares
  for insert to authenticated
  with check (user_id = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.artists from anon, authenticated;
revoke update on public.sketch_shares from anon, authenticated;
