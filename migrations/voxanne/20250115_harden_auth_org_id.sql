-- Mends auth_org_id: only app_metadata decides, which no user can edit; anything that is no uuid is no organization.

create or replace function public.auth_org_id() returns uuid
  language sql stable
  set search_path = ''
as $$
  select case
    when claim ~ '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$' then claim::uuid
  end
  from (select auth.jwt() -> 'app_metadata' ->> 'org_id' as claim) as token
$$;

comment on function public.auth_org_id() is 'The organization of the caller, from app_metadata.org_id of the token; NULL without one.';
