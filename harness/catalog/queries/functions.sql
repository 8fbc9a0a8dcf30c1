-- Functions and procedures, without those of extensions.
select coalesce(jsonb_agg(jsonb_build_object(
  'oid', p.oid::bigint,
  'schema', n.nspname,
  'name', p.proname,
  'kind', p.prokind,
  'owner', p.proowner::bigint,
  'language', l.lanname,
  'definer', p.prosecdef,
  'volatility', p.provolatile,
  'leakproof', p.proleakproof,
  'strict', p.proisstrict,
  'returns_set', p.proretset,
  'returns', coalesce(format_type(p.prorettype, null), 'void'),
  'returns_oid', p.prorettype::bigint,
  'arguments', coalesce(passed.arguments, '[]'),
  'outputs', coalesce(given.outputs, '[]'),
  'body', coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
  'settings', coalesce(to_jsonb(p.proconfig), '[]'),
  'grants', (
    select coalesce(jsonb_agg(distinct jsonb_build_object('role', a.grantee::bigint, 'privilege', 'EXECUTE', 'column', null)), '[]')
    from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    where a.privilege_type = 'EXECUTE'
  )
) order by n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), '[]')::text
from pg_proc as p
join pg_namespace as n on n.oid = p.pronamespace
join pg_language as l on l.oid = p.prolang
cross join lateral (
  select jsonb_agg(jsonb_build_object(
    'name', nullif(a.name, ''),
    'type_name', format_type(a.type, null),
    'type_oid', a.type::bigint,
    'has_default', a.nth > p.pronargs - p.pronargdefaults,
    'variadic', coalesce(a.mode, 'i') = 'v'
  ) order by a.nth) as arguments
  from (
    select type, mode, name, row_number() over (order by place) as nth
    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargmodes, p.proargnames)
      with ordinality as every (type, mode, name, place)
    where type is not null and coalesce(mode, 'i') in ('i', 'b', 'v')
  ) as a
) as passed
cross join lateral (
  select jsonb_agg(jsonb_build_object(
    'name', nullif(a.name, ''),
    'type_name', format_type(a.type, null),
    'type_oid', a.type::bigint,
    'has_default', false,
    'variadic', false
  ) order by a.place) as outputs
  from unnest(p.proallargtypes, p.proargmodes, p.proargnames) with ordinality as a (type, mode, name, place)
  where a.mode in ('o', 'b', 't')
) as given
where n.nspname not in ('information_schema', 'watertight') and n.nspname !~ '^pg_'
  and not exists (
    select from pg_depend as d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
  )
