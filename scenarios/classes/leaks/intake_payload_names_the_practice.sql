-- A function takes one JSON document and writes, with its owner's rights, into whichever practice the document names.
-- system: supabase
-- class: 50
-- expect: leak call-definer on public.submit_intake at submit_intake

create table public.practices (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.practice_staff (
  practice_id uuid not null references public.practices (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  since date not null default current_date,
  primary key (practice_id, user_id)
);

create table public.intakes (
  id uuid primary key default gen_random_uuid(),
  practice_id uuid not null references public.practices (id) on delete cascade,
  patient text not null,
  complaint text
);

create function public.works_at(p_practice uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.practice_staff
    where practice_staff.practice_id = p_practice and practice_staff.user_id = (select auth.uid())
  )
$$;

create function public.submit_intake(payload jsonb) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  made uuid;
begin
  insert into public.intakes (practice_id, patient, complaint)
  values ((payload ->> 'practice_id')::uuid, coalesce(payload ->> 'patient', 'unknown'), payload ->> 'complaint')
  returning intakes.id into made;
  return made;
end
$$;

alter table public.practices enable row level security;
alter table public.practice_staff enable row level security;
alter table public.intakes enable row level security;

create policy practices_select on public.practices
  for select to authenticated using (public.works_at(id));
create policy practice_staff_select on public.practice_staff
  for select to authenticated using (public.works_at(practice_id));
create policy intakes_select on public.intakes
  for select to authenticated using (public.works_at(practice_id));

revoke execute on all functions in schema public from public, anon;
revoke insert, update, delete on public.practice_staff, public.practices, public.intakes from anon, authenticated;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
