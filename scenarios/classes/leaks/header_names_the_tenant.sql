-- The tenant stands in a header of the request, which the caller writes as it likes.
-- system: supabase
-- class: 15
-- expect: leak claim-editable on public.chosen_hospital() at public.chosen_hospital

create table public.hospitals (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.nurses (
  hospital_id uuid not null references public.hospitals (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  nickname text,
  primary key (hospital_id, user_id)
);

create table public.wards (
  id uuid primary key default gen_random_uuid(),
  hospital_id uuid not null references public.hospitals (id) on delete cascade,
  name text not null
);

create function public.chosen_hospital() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(nullif(current_setting('request.headers', true), '')::json ->> 'x-hospital-id', '')::uuid
$$;

create function public.nurse_of() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select nurses.hospital_id from public.nurses where nurses.user_id = (select auth.uid())
$$;

revoke execute on function public.nurse_of() from public, anon;

alter table public.hospitals enable row level security;
alter table public.nurses enable row level security;
alter table public.wards enable row level security;

create policy hospitals_select on public.hospitals
  for select to authenticated using (id in (select public.nurse_of()));
create policy nurses_select on public.nurses
  for select to authenticated using (hospital_id in (select public.nurse_of()));
create policy wards_select on public.wards
  for select to authenticated
  using (hospital_id = (select public.chosen_hospital()));
create policy wards_insert on public.wards
  for insert to authenticated with check (hospital_id in (select public.nurse_of()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
