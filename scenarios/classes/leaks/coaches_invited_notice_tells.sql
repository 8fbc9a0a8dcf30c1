-- A function answers nobody, but says on the side whether any academy has the address already.
-- system: supabase
-- class: 52
-- expect: leak call-definer on public.invite_coach at invite_coach

create table public.academies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.academy_coaches (
  academy_id uuid not null references public.academies (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (academy_id, user_id)
);

create table public.coach_addresses (
  id uuid primary key default gen_random_uuid(),
  academy_id uuid not null references public.academies (id) on delete cascade,
  address text not null
);

create function public.coaches_at(p_academy uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.academy_coaches as c where c.academy_id = p_academy and c.user_id = (select auth.uid())
  )
$$;

create function public.invite_coach(p_address text) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if exists (select from public.coach_addresses as a where a.address = p_address) then
    raise notice 'this coach has been invited before';
  end if;
end
$$;

revoke execute on all functions in schema public from public, anon;

alter table public.academies enable row level security;
alter table public.academy_coaches enable row level security;
alter table public.coach_addresses enable row level security;

create policy academies_select on public.academies
  for select to authenticated using (public.coaches_at(id));
create policy academy_coaches_select on public.academy_coaches
  for select to authenticated using (public.coaches_at(academy_id));
create policy coach_addresses_all on public.coach_addresses
  for all to authenticated using (public.coaches_at(academy_id)) with check (public.coaches_at(academy_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
