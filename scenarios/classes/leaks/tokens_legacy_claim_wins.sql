-- The older setting is asked first, which no gateway sets any more: whoever can run set_config names its agency there.
-- system: supabase
-- class: 91
-- expect: leak claim-editable on public.caller_agency at caller_agency

create table public.agencies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.listings (
  id uuid primary key default gen_random_uuid(),
  agency_id uuid not null references public.agencies (id) on delete cascade,
  headline text not null,
  price_cents bigint
);

create function public.caller_agency() returns uuid
  language sql stable
  set search_path = ''
as $$
  select coalesce(
    nullif(current_setting('app.agency_id', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'agency_id'
  )::uuid
$$;

alter table public.agencies enable row level security;
alter table public.listings enable row level security;

create policy agencies_own on public.agencies
  for select to authenticated using (id = (select public.caller_agency()));
create policy listings_own on public.listings
  for all to authenticated
  using (agency_id = (select public.caller_agency()))
  with check (agency_id = (select public.caller_agency()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
