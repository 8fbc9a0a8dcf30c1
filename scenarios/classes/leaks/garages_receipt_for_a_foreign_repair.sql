-- A garage writes the one receipt that a repair can have for a repair of another garage, while it has none yet.
-- system: supabase
-- class: 35
-- expect: leak reference-row on public.receipts at receipts_repair_id_fkey

create table public.garages (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.mechanics (
  garage_id uuid not null references public.garages (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (garage_id, user_id)
);

create table public.repairs (
  id uuid primary key default gen_random_uuid(),
  garage_id uuid not null references public.garages (id) on delete cascade,
  complaint text not null
);

create table public.receipts (
  id uuid primary key default gen_random_uuid(),
  garage_id uuid not null references public.garages (id) on delete cascade,
  repair_id uuid not null unique references public.repairs (id) on delete cascade,
  remark text
);

create function public.works_at(p_garage uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.mechanics as m where m.garage_id = p_garage and m.user_id = (select auth.uid())
  )
$$;
revoke execute on function public.works_at(uuid) from public, anon;

alter table public.garages enable row level security;
alter table public.mechanics enable row level security;
alter table public.repairs enable row level security;
alter table public.receipts enable row level security;

create policy garages_select on public.garages
  for select to authenticated using (public.works_at(id));
create policy mechanics_select on public.mechanics
  for select to authenticated using (public.works_at(garage_id));
create policy repairs_all on public.repairs
  for all to authenticated
  using (public.works_at(garage_id))
  with check (public.works_at(garage_id));
create policy receipts_all on public.receipts
  for all to authenticated
  using (public.works_at(garage_id))
  with check (public.works_at(garage_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
