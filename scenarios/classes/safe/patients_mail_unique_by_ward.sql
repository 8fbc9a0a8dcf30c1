-- The lower-case address of what is not deleted is unique within the surgery.
-- system: supabase
-- class: 71
-- expect: clean

create table public.surgeries (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.doctors (
  user_id uuid primary key references auth.users (id) on delete cascade,
  surgery_id uuid not null references public.surgeries (id) on delete cascade,
  full_name text
);

create table public.patients (
  id uuid primary key default gen_random_uuid(),
  surgery_id uuid not null references public.surgeries (id) on delete cascade,
  email text not null,
  full_name text not null,
  deleted_at timestamptz
);

create unique index patients_email_active on public.patients (surgery_id, lower(email)) where deleted_at is null;

create function public.my_surgery() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select doctors.surgery_id from public.doctors where doctors.user_id = (select auth.uid())
$$;

alter table public.surgeries enable row level security;
alter table public.doctors enable row level security;
alter table public.patients enable row level security;

create policy surgeries_own on public.surgeries
  for select to authenticated using (id = (select public.my_surgery()));
create policy doctors_own on public.doctors
  for select to authenticated using (surgery_id = (select public.my_surgery()));
create policy patients_own on public.patients
  for all to authenticated
  using (surgery_id = (select public.my_surgery()))
  with check (surgery_id = (select public.my_surgery()));

revoke execute on function public.my_surgery() from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
