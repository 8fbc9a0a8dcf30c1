-- Types of the users' schemas, and arrays of built-in types where a column or an argument has one. The row types of tables and views are
-- left out: their relations say the same.
select coalesce(jsonb_agg(jsonb_build_object(
  'oid', t.oid::bigint,
  'schema', n.nspname,
  'name', t.typname,
  'shape', case
    when t.typtype = 'e' then jsonb_build_object('enum', (
      select coalesce(jsonb_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_enum as e where e.enumtypid = t.oid))
    when t.typtype = 'd' then jsonb_build_object('domain', jsonb_build_object(
      'base', t.typbasetype::bigint,
      'base_name', format_type(t.typbasetype, t.typtypmod),
      'base_modifier', t.typtypmod,
      'not_null', t.typnotnull,
      'checks', (
        select coalesce(jsonb_agg(pg_get_expr(k.conbin, 0) order by k.conname), '[]')
        from pg_constraint as k where k.contypid = t.oid and k.contype = 'c')))
    when t.typtype = 'c' then jsonb_build_object('composite', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'number', a.attnum,
        'name', a.attname,
        'type_name', format_type(a.atttypid, a.atttypmod),
        'type_oid', a.atttypid::bigint,
        'type_modifier', a.atttypmod,
        'not_null', a.attnotnull,
        'default', null,
        'generated', 'no'
      ) order by a.attnum), '[]')
      from pg_attribute as a
      where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped))
    when t.typtype = 'r' then jsonb_build_object('range', jsonb_build_object('of', (
      select r.rngsubtype::bigint from pg_range as r where r.rngtypid = t.oid)))
    when t.typelem <> 0 and t.typlen = -1 and t.typtype = 'b' and t.typcategory = 'A'
      then jsonb_build_object('array', jsonb_build_object('of', t.typelem::bigint))
    else '"other"'
  end
)), '[]')::text
from pg_type as t
join pg_namespace as n on n.oid = t.typnamespace
left join pg_class as c on c.oid = t.typrelid
left join pg_type as element on element.oid = t.typelem and t.typcategory = 'A'
left join pg_class as row on row.oid = element.typrelid
where (c.oid is null or c.relkind = 'c') and (row.oid is null or row.relkind = 'c')
  and n.nspname not in ('information_schema', 'watertight')
  and case when n.nspname ~ '^pg_'
    then n.nspname = 'pg_catalog' and t.typcategory = 'A' and t.oid in (
      select a.atttypid
      from pg_attribute as a
      join pg_class as used on used.oid = a.attrelid
      where used.oid >= 16384 and not a.attisdropped
      union
      select unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) from pg_proc as p where p.oid >= 16384)
    else true end
