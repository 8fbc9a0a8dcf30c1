-- What Neon's pg_session_jwt gives beside the functions that Supabase has too (neon.com/docs/guides/rls-tutorial): the caller's
-- name as text, and the whole token.

create function auth.user_id() returns text
language sql stable
as $$
  select auth.jwt() ->> 'sub'
$$;

create function auth.session() returns jsonb
language sql stable
as $$
  select auth.jwt()
$$;

grant execute on function auth.user_id(), auth.session() to anon, authenticated, service_role;
