-- The policies ask whether the caller is in the row's gym: a second membership changes nothing in the first.
-- system: supabase
-- class: 22
-- expect: clean

create table public.gyms (
  id bigint generated always as identity primary key,
  name text not null
);

create table public.gym_users (
  gym_id bigint not null references public.gyms (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  manager boolean not null default false,
  primary key (gym_id, user_id)
);

create table public.bookings (
  gym_id bigint not null references public.gyms (id) on delete cascade,
  id bigint generated always as identity,
  course text not null,
  starts_at timestamptz not null default now(),
  primary key (gym_id, id)
);

create function public.in_gym(p_gym bigint) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.gym_users
    where gym_users.gym_id = p_gym and gym_users.user_id = (select auth.uid())
  )
$$;

create function public.manages_gym(p_gym bigint) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.gym_users
    where gym_users.gym_id = p_gym and gym_users.user_id = (select auth.uid()) and gym_users.manager
  )
$$;

revoke execute on function public.in_gym(bigint), public.manages_gym(bigint) from public, anon;

alter table public.gyms enable row level security;
alter table public.gym_users enable row level security;
alter table public.bookings enable row level security;

create policy gyms_select on public.gyms
  for select to authenticated using (public.in_gym(id));
create policy gym_users_select on public.gym_users
  for select to authenticated using (user_id = (select auth.uid()) or public.manages_gym(gym_id));
create policy gym_users_insert on public.gym_users
  for insert to authenticated with check (public.manages_gym(gym_id));
create policy gym_users_delete on public.gym_users
  for delete to authenticated using (public.manages_gym(gym_id));

create policy bookings_select on public.bookings
  for select to authenticated
  using (gym_id in (select u.gym_id from public.gym_users as u where u.user_id = (select auth.uid())));
create policy bookings_insert on public.bookings
  for insert to authenticated with check (public.in_gym(gym_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke update on public.gym_users from anon, authenticated;
