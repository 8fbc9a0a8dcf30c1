-- The organization falls back to user_metadata, which every user edits itself: a user of none joins any organization.
-- system: voxanne
-- class: 15
-- expect: leak claim-editable on public.auth_org_id at auth_org_id
-- note: One cause, seen on every table whose policies call the function; the finding may name the tables instead.

create or replace function public.auth_org_id() returns uuid
  language sql stable
  set search_path = ''
as $$
  select coalesce(
    nullif(auth.jwt() -> 'app_metadata' ->> 'org_id', ''),
    nullif(auth.jwt() -> 'user_metadata' ->> 'org_id', '')
  )::uuid
$$;
