-- Relations with everything that belongs to them.
select coalesce(jsonb_agg(jsonb_build_object(
  'oid', c.oid::bigint,
  'schema', n.nspname,
  'name', c.relname,
  'kind', c.relkind,
  'owner', c.relowner::bigint,
  'rls', c.relrowsecurity,
  'force_rls', c.relforcerowsecurity,
  'columns', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'number', a.attnum,
      'name', a.attname,
      'type_name', format_type(a.atttypid, a.atttypmod),
      'type_oid', a.atttypid::bigint,
      'type_modifier', a.atttypmod,
      'not_null', a.attnotnull,
      'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
      'generated', case when a.attgenerated <> '' then 'expression' when a.attidentity = 'a' then 'identity_always'
        when a.attidentity = 'd' then 'identity_by_default' else 'no' end
    ) order by a.attnum), '[]')
    from pg_attribute as a
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ),
  'primary_key', coalesce(
    (select to_jsonb(k.conkey) from pg_constraint as k where k.conrelid = c.oid and k.contype = 'p'), '[]'),
  'uniques', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'name', x.relname,
      'index', i.indexrelid::bigint,
      'columns', (select jsonb_agg(key order by place)
        from unnest(i.indkey::smallint[]) with ordinality as keys (key, place) where place <= i.indnkeyatts),
      'primary', i.indisprimary,
      'predicate', pg_get_expr(i.indpred, i.indrelid),
      'expressions', (select coalesce(jsonb_agg(pg_get_indexdef(i.indexrelid, place::integer, true) order by place), '[]')
        from unnest(i.indkey::smallint[]) with ordinality as keys (key, place) where place <= i.indnkeyatts and key = 0),
      'nulls_not_distinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
    ) order by i.indisprimary desc, x.relname), '[]')
    from pg_index as i
    join pg_class as x on x.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisunique
  ),
  'indexes', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'name', x.relname,
      'method', m.amname,
      'columns', (select jsonb_agg(key order by place)
        from unnest(i.indkey::smallint[]) with ordinality as keys (key, place) where place <= i.indnkeyatts),
      'predicate', pg_get_expr(i.indpred, i.indrelid),
      'valid', i.indisvalid and i.indisready
    ) order by x.relname), '[]')
    from pg_index as i
    join pg_class as x on x.oid = i.indexrelid
    join pg_am as m on m.oid = x.relam
    where i.indrelid = c.oid
  ),
  'checks', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'name', k.conname,
      'expression', pg_get_expr(k.conbin, k.conrelid),
      'columns', coalesce(to_jsonb(k.conkey), '[]'),
      'validated', k.convalidated
    ) order by k.conname), '[]')
    from pg_constraint as k
    where k.conrelid = c.oid and k.contype = 'c'
  ),
  'foreign_keys', (
    -- A key to a partitioned table has a copy for each partition, of which a row satisfies only one: the copies are no keys of their own.
    select coalesce(jsonb_agg(jsonb_build_object(
      'name', k.conname,
      'oid', k.oid::bigint,
      'columns', to_jsonb(k.conkey),
      'target', k.confrelid::bigint,
      'target_columns', to_jsonb(k.confkey),
      'validated', k.convalidated,
      'deferrable', k.condeferrable,
      'on_delete', k.confdeltype,
      'on_update', k.confupdtype
    ) order by k.conname), '[]')
    from pg_constraint as k
    left join pg_constraint as parent on parent.oid = k.conparentid
    where k.conrelid = c.oid and k.contype = 'f' and parent.conrelid is distinct from k.conrelid
  ),
  'exclusions', (
    select coalesce(jsonb_agg(jsonb_build_array(k.conname, pg_get_constraintdef(k.oid)) order by k.conname), '[]')
    from pg_constraint as k
    where k.conrelid = c.oid and k.contype = 'x'
  ),
  'policies', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'oid', p.oid::bigint,
      'name', p.polname,
      'permissive', p.polpermissive,
      'command', p.polcmd,
      'roles', to_jsonb(p.polroles::bigint[]),
      'using', pg_get_expr(p.polqual, p.polrelid),
      'check', pg_get_expr(p.polwithcheck, p.polrelid)
    ) order by p.polname), '[]')
    from pg_policy as p
    where p.polrelid = c.oid
  ),
  'triggers', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'oid', t.oid::bigint,
      'name', t.tgname,
      'function', t.tgfoid::bigint,
      'definition', pg_get_triggerdef(t.oid),
      'kind', t.tgtype,
      'enabled', t.tgenabled
    ) order by t.tgname), '[]')
    from pg_trigger as t
    where t.tgrelid = c.oid and not t.tgisinternal
  ),
  'grants', (
    select coalesce(jsonb_agg(distinct jsonb_build_object(
      'role', a.grantee::bigint, 'privilege', a.privilege_type, 'column', a.number)), '[]')
    from (
      select grantee, privilege_type, null::smallint as number
      from aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)))
      union all
      select x.grantee, x.privilege_type, a.attnum
      from pg_attribute as a, aclexplode(a.attacl) as x
      where a.attrelid = c.oid and a.attacl is not null and not a.attisdropped
    ) as a
    where a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'USAGE')
  ),
  'parents', coalesce(
    (select jsonb_agg(i.inhparent::bigint order by i.inhseqno) from pg_inherits as i where i.inhrelid = c.oid), '[]'),
  'is_partition', c.relispartition,
  'partition_bound', pg_get_expr(c.relpartbound, c.oid),
  'partition_key', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
  'definition', case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
  'security_invoker', exists (
    select from pg_options_to_table(c.reloptions) as o where o.option_name = 'security_invoker' and o.option_value::boolean),
  'security_barrier', exists (
    select from pg_options_to_table(c.reloptions) as o where o.option_name = 'security_barrier' and o.option_value::boolean),
  'reads', (
    select coalesce(jsonb_agg(distinct d.refobjid::bigint), '[]')
    from pg_rewrite as w
    join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
      and d.refclassid = 'pg_class'::regclass and d.refobjid <> c.oid
    where w.ev_class = c.oid and w.ev_type = '1'
  ),
  -- A bit for each command: 1 << 3 INSERT, 1 << 2 UPDATE, 1 << 4 DELETE (CmdType in src/include/nodes/nodes.h).
  'updatable', case when c.relkind = 'v'
    then (select jsonb_build_array(bits & 8 <> 0, bits & 4 <> 0, bits & 16 <> 0) from pg_relation_is_updatable(c.oid, true) as bits)
    else '[false, false, false]' end,
  'rules', (
    select coalesce(jsonb_agg(jsonb_build_array(w.rulename, pg_get_ruledef(w.oid)) order by w.rulename), '[]')
    from pg_rewrite as w
    where w.ev_class = c.oid and w.rulename <> '_RETURN'
  ),
  'publications', coalesce(published.names, '[]'),
  'extension', (
    select e.extname
    from pg_depend as d
    join pg_extension as e on e.oid = d.refobjid
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      and d.refclassid = 'pg_extension'::regclass
  )
) order by n.nspname, c.relname), '[]')::text
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
left join (
  select schemaname, tablename, jsonb_agg(distinct pubname) as names
  from pg_publication_tables
  group by schemaname, tablename
) as published on published.schemaname = n.nspname and published.tablename = c.relname
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  and n.nspname not in ('information_schema', 'watertight') and n.nspname !~ '^pg_'
