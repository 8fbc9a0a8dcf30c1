-- A function that raises with its argument is marked LEAKPROOF: a condition runs it before the policy, and its error tells the value.
-- system: supabase
-- class: 67
-- expect: leak call-leakproof on public.phones at public.is_mobile

create table public.clinics (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.nurses (
  user_id uuid primary key references auth.users (id) on delete cascade,
  clinic_id uuid not null references public.clinics (id) on delete cascade,
  full_name text
);

create table public.phones (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references public.clinics (id) on delete cascade,
  patient text not null,
  number text not null
);

create function public.is_mobile(p_number text) returns boolean
  language plpgsql immutable strict leakproof cost 1
  set search_path = ''
as $$
begin
  if p_number !~ '^\+?[0-9 ]+$' then
    raise invalid_text_representation using message = format('no phone number: %s', p_number);
  end if;
  return p_number like '+491%';
end
$$;

alter table public.clinics enable row level security;
alter table public.nurses enable row level security;
alter table public.phones enable row level security;

create function public.my_clinic() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select nurses.clinic_id from public.nurses where nurses.user_id = (select auth.uid())
$$;

create policy nurses_own on public.nurses
  for select to authenticated using (clinic_id = public.my_clinic());
create policy clinics_own on public.clinics
  for select to authenticated using (id = public.my_clinic());
create policy phones_own on public.phones
  for all to authenticated
  using (clinic_id = public.my_clinic()) with check (clinic_id = public.my_clinic());

revoke execute on function public.my_clinic() from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
