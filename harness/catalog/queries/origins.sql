-- Which statements made or changed which object, oldest first, as the event triggers of `server::apply` recorded it.
select jsonb_build_object(
  'platform', (select f.platform_statements from watertight.facts as f),
  'origins', coalesce((
    select jsonb_agg(jsonb_build_array(o.class::bigint, o.object::bigint, o.statement, o.tag) order by o.statement, o.at)
    from watertight.origins as o
    where o.statement >= 0), '[]')
)::text
