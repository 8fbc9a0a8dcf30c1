-- Scans are kept as large objects that the application's one role owns: no policy asks who reads a number, and numbers are easily tried.
-- system: none
-- class: 85
-- expect: leak read-large-object on public.scans at scans

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'archive_app') then
    create role archive_app login;
  end if;
end
$$;

create table public.law_firms (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.scans (
  id uuid primary key default gen_random_uuid(),
  firm_id uuid not null references public.law_firms (id),
  title text not null,
  content oid
);

alter table public.law_firms enable row level security;
alter table public.scans enable row level security;

create policy law_firms_own on public.law_firms
  for select to archive_app using (id = nullif(current_setting('archive.firm', true), '')::uuid);
create policy scans_own on public.scans
  for all to archive_app
  using (firm_id = nullif(current_setting('archive.firm', true), '')::uuid)
  with check (firm_id = nullif(current_setting('archive.firm', true), '')::uuid);

-- Members store a scan from the application.
create function public.store_scan(p_title text, p_content bytea) returns uuid
  language sql volatile
  set search_path = ''
as $$
  insert into public.scans (firm_id, title, content)
  values (
    nullif(current_setting('archive.firm', true), '')::uuid, p_title,
    pg_catalog.lo_from_bytea(0, p_content)
  )
  returning id
$$;

grant select on public.law_firms to archive_app;
grant select, insert, update, delete on public.scans to archive_app;
