-- Every index of a schema, with what the catalog of relations leaves out: directions, size, and whether operators are leakproof.
select coalesce(jsonb_agg(jsonb_build_object(
  'oid', x.oid::bigint,
  'relation', i.indrelid::bigint,
  'schema', n.nspname,
  'name', x.relname,
  'method', m.amname,
  'unique', i.indisunique,
  'constraint', exists (select from pg_constraint as k where k.conindid = x.oid and k.contype in ('p', 'u', 'x')),
  'included', i.indnatts > i.indnkeyatts,
  'predicate', pg_get_expr(i.indpred, i.indrelid),
  'columns', (
    select jsonb_agg(jsonb_build_object(
      'name', a.attname,
      'descending', i.indoption[place - 1] & 1 = 1,
      'class', i.indclass[place - 1]::bigint,
      -- Under row security a condition of the caller's own is an index condition only when its operator is leakproof
      -- (https://www.postgresql.org/docs/current/rules-privileges.html).
      'leakproof', coalesce((
        select bool_and(p.proleakproof)
        from pg_opclass as c
        join pg_amop as o on o.amopfamily = c.opcfamily and o.amoplefttype = c.opcintype and o.amoprighttype = c.opcintype
        join pg_operator as op on op.oid = o.amopopr
        join pg_proc as p on p.oid = op.oprcode
        where c.oid = i.indclass[place - 1] and o.amopstrategy = 3), true)
    ) order by place)
    from generate_series(1, i.indnkeyatts) as place
    left join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[place - 1] and i.indkey[place - 1] > 0
  )
) order by n.nspname, x.relname), '[]')
from pg_index as i
join pg_class as x on x.oid = i.indexrelid
join pg_namespace as n on n.oid = x.relnamespace
join pg_am as m on m.oid = x.relam
where i.indisvalid and n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema', 'watertight')
