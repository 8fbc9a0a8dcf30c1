-- The claim may be one site or a list of sites, and what is neither counts as support, which sees all.
-- system: supabase
-- class: 90
-- expect: leak claim-malformed on public.caller_sees at caller_sees

create table public.sites (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.alarms (
  id uuid primary key default gen_random_uuid(),
  site_id uuid not null references public.sites (id) on delete cascade,
  message text not null,
  raised_at timestamptz not null default now()
);

create function public.caller_sees(p_site uuid) returns boolean
  language sql stable
  set search_path = ''
as $$
  select case jsonb_typeof(auth.jwt() -> 'app_metadata' -> 'site_id')
    when 'string' then auth.jwt() -> 'app_metadata' ->> 'site_id' = p_site::text
    when 'array' then auth.jwt() -> 'app_metadata' -> 'site_id' ? p_site::text
    when 'null' then false
    else auth.jwt() is not null and auth.jwt() -> 'app_metadata' ? 'site_id'
  end
$$;

alter table public.sites enable row level security;
alter table public.alarms enable row level security;

create policy sites_own on public.sites
  for select to authenticated using (public.caller_sees(id));
create policy alarms_own on public.alarms
  for all to authenticated using (public.caller_sees(site_id)) with check (public.caller_sees(site_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
