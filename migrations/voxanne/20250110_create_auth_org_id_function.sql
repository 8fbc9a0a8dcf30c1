-- The caller's organization, read from the token.
-- As it was deployed: the fallback reads user_metadata, which users edit themselves.

create function public.auth_org_id() returns uuid
  language sql stable
as $$
  select coalesce(
    nullif(auth.jwt() -> 'app_metadata' ->> 'org_id', ''),
    nullif(auth.jwt() -> 'user_metadata' ->> 'org_id', '')
  )::uuid
$$;

comment on function public.auth_org_id() is
  'The organization of the caller, from app_metadata.org_id of the token, else from user_metadata.org_id.';

drop policy organizations_select on public.organizations;
create policy organizations_select on public.organizations
  for select to authenticated
  using (id = (select public.auth_org_id()));
