-- Colleagues may know that an account is connected, by a function that tells no token.
-- system: salesmod
-- expect: clean

create function public.connected_providers() returns setof text
  language sql stable security definer
  set search_path = ''
as $$
  select distinct oauth_tokens.provider
  from public.oauth_tokens
  where oauth_tokens.tenant_id = public.current_tenant_id() and oauth_tokens.revoked_at is null
  order by 1
$$;
grant execute on function public.connected_providers() to authenticated;
