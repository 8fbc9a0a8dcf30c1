-- Staff may update their own row and not its role.
-- system: supabase
-- class: 39
-- expect: clean

create table public.hotels (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.staff (
  user_id uuid primary key references auth.users (id) on delete cascade,
  hotel_id uuid not null references public.hotels (id) on delete cascade,
  role text not null default 'clerk' check (role in ('clerk', 'manager')),
  nickname text
);

create table public.salaries (
  id uuid primary key default gen_random_uuid(),
  hotel_id uuid not null references public.hotels (id) on delete cascade,
  person text not null,
  monthly_cents integer not null
);

create function public.my_hotel(p_role text default null) returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select staff.hotel_id from public.staff
  where staff.user_id = (select auth.uid()) and (p_role is null or staff.role = p_role)
$$;

revoke execute on function public.my_hotel(text) from public, anon;

alter table public.hotels enable row level security;
alter table public.staff enable row level security;
alter table public.salaries enable row level security;

create policy hotels_select on public.hotels
  for select to authenticated using (id = (select public.my_hotel()));
create policy staff_select on public.staff
  for select to authenticated using (hotel_id = (select public.my_hotel()));
create policy staff_update on public.staff
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and hotel_id = (select public.my_hotel()));
create policy salaries_manager on public.salaries
  for all to authenticated
  using (hotel_id = (select public.my_hotel('manager')))
  with check (hotel_id = (select public.my_hotel('manager')));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, delete on public.staff from anon, authenticated;
revoke update on public.staff from anon, authenticated;
grant update (nickname) on public.staff to authenticated;
