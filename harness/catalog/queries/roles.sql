-- Roles of the server. From PostgreSQL 16 each membership says by itself whether it is inherited; `to_jsonb` asks without naming a column
-- that older versions lack.
select coalesce(jsonb_agg(jsonb_build_object(
  'oid', r.oid::bigint,
  'name', r.rolname,
  'superuser', r.rolsuper,
  'bypass_rls', r.rolbypassrls,
  'login', r.rolcanlogin,
  'inherit', coalesce(
    (select bool_or((to_jsonb(m) ->> 'inherit_option')::boolean) from pg_auth_members as m where m.member = r.oid),
    r.rolinherit),
  'replication', r.rolreplication,
  'member_of', coalesce(
    (select jsonb_agg(distinct m.roleid::bigint) from pg_auth_members as m where m.member = r.oid),
    '[]')
) order by r.rolname), '[]')::text
from pg_roles as r
