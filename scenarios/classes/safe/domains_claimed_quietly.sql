-- A function inserts ON CONFLICT DO NOTHING within the agency: false tells that the own agency has the domain.
-- system: none
-- class: 52, 72
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'seo_app') then
    create role seo_app login;
  end if;
end
$$;

create table public.agencies (
  id bigint primary key,
  name text not null
);

create table public.watched_domains (
  agency_id bigint not null references public.agencies (id),
  domain text not null,
  since timestamptz not null default now(),
  primary key (agency_id, domain)
);

create function public.watch_domain(p_domain text) returns boolean
  language plpgsql security definer
  set search_path = ''
as $$
declare
  caller bigint := nullif(current_setting('seo.agency', true), '')::bigint;
begin
  if caller is null then
    raise insufficient_privilege using message = 'no agency';
  end if;
  insert into public.watched_domains (agency_id, domain) values (caller, p_domain) on conflict do nothing;
  return found;
end
$$;

alter table public.agencies enable row level security;
alter table public.watched_domains enable row level security;

create policy agencies_own on public.agencies
  for select to seo_app using (id = nullif(current_setting('seo.agency', true), '')::bigint);
create policy watched_domains_own on public.watched_domains
  for select to seo_app using (agency_id = nullif(current_setting('seo.agency', true), '')::bigint);

revoke execute on function public.watch_domain(text) from public;
grant execute on function public.watch_domain(text) to seo_app;
grant select on public.agencies, public.watched_domains to seo_app;
