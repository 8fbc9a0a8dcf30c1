-- Schemas that are neither PostgreSQL's nor watertight's.
select coalesce(jsonb_agg(jsonb_build_object(
  'oid', n.oid::bigint,
  'name', n.nspname,
  'owner', n.nspowner::bigint,
  'usage', coalesce(
    (select jsonb_agg(distinct a.grantee::bigint)
     from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
     where a.privilege_type = 'USAGE'),
    '[]')
) order by n.nspname), '[]')::text
from pg_namespace as n
where n.nspname not in ('information_schema', 'watertight') and n.nspname !~ '^pg_'
