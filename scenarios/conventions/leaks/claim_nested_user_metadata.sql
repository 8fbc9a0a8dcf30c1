-- The organization falls back to user_metadata, which every user edits by a single call.
-- system: supabase
-- class: 15
-- expect: leak claim-editable on public.caller_org at caller_org
-- note: One cause, seen on every table whose policies call the function.

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  full_name text not null,
  phone text,
  deleted_at timestamptz,
  constraint contacts_org_id_id_key unique (org_id, id)
);

create table public.calls (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  contact_id uuid not null,
  summary text,
  constraint calls_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);

create table public.scripts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null,
  body text
);

create function public.caller_org() returns uuid
  language sql stable
  set search_path = ''
as $$
  select coalesce(
    nullif(auth.jwt() -> 'app_metadata' ->> 'org_id', ''),
    nullif(auth.jwt() -> 'user_metadata' ->> 'org_id', '')
  )::uuid
$$;

alter table public.organizations enable row level security;
alter table public.contacts enable row level security;
alter table public.calls enable row level security;
alter table public.scripts enable row level security;

create policy organizations_select on public.organizations
  for select to authenticated
  using (id = (select public.caller_org()));

create policy contacts_select on public.contacts
  for select to authenticated
  using (org_id = (select public.caller_org()) and deleted_at is null);
create policy contacts_insert on public.contacts
  for insert to authenticated
  with check (org_id = (select public.caller_org()));
create policy contacts_update on public.contacts
  for update to authenticated
  using (org_id = (select public.caller_org()))
  with check (org_id = (select public.caller_org()));

create policy calls_select on public.calls
  for select to authenticated
  using (org_id = (select public.caller_org()));
create policy calls_insert on public.calls
  for insert to authenticated
  with check (org_id = (select public.caller_org()));
create policy calls_delete on public.calls
  for delete to authenticated
  using (org_id = (select public.caller_org()));

create policy scripts_select on public.scripts
  for select to authenticated
  using (org_id = (select public.caller_org()));
create policy scripts_update on public.scripts
  for update to authenticated
  using (org_id = (select public.caller_org()))
  with check (org_id = (select public.caller_org()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
