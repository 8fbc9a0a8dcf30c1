-- Records which statement made, changed or was granted which object: `watertight.place` holds the statement's number.
-- Run again on the same database it only takes a new look at the present privileges.
create schema if not exists watertight;
revoke all on schema watertight from public;

create table if not exists watertight.origins (
  at timestamptz not null default clock_timestamp(),
  statement integer not null,
  class oid not null,
  object oid not null,
  tag text not null
);

-- How many statements, the first ones, are the platform's.
create table if not exists watertight.facts (platform_statements integer not null);

-- Privileges as the last statement left them: PostgreSQL tells that a GRANT ran, but not on what
-- (https://www.postgresql.org/docs/current/functions-event-triggers.html), so the difference is looked for.
create table if not exists watertight.privileges (
  class oid not null,
  object oid not null,
  acl text,
  primary key (class, object)
);

create or replace view watertight.present_privileges as
  select 'pg_class'::regclass::oid as class, c.oid as object,
    concat_ws(' ', c.relacl::text, columns.acl) as acl
  from pg_catalog.pg_class as c
  left join (
    select a.attrelid, string_agg(a.attnum || '=' || a.attacl::text, ' ' order by a.attnum) as acl
    from pg_catalog.pg_attribute as a
    where a.attacl is not null and a.attrelid >= 16384
    group by a.attrelid
  ) as columns on columns.attrelid = c.oid
  where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and c.relnamespace <> 'watertight'::regnamespace
  union all
  select 'pg_proc'::regclass::oid, p.oid, coalesce(p.proacl::text, '')
  from pg_catalog.pg_proc as p
  where p.oid >= 16384 and p.pronamespace <> 'watertight'::regnamespace
  union all
  select 'pg_namespace'::regclass::oid, n.oid, coalesce(n.nspacl::text, '')
  from pg_catalog.pg_namespace as n
  where (n.oid >= 16384 or n.nspname = 'public') and n.nspname !~ '^pg_(toast_)?temp_';

create or replace function watertight.record_command() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  place constant integer := coalesce(nullif(current_setting('watertight.place', true), ''), '-1');
  granted oid;
begin
  insert into watertight.origins (statement, class, object, tag)
  select place, command.classid, command.objid, command.command_tag
  from pg_event_trigger_ddl_commands() as command
  where command.objid is not null and not command.in_extension
    and command.schema_name is distinct from 'watertight';

  -- What a new object is granted by default is no GRANT's doing. Looked up by oid: this runs for every statement.
  insert into watertight.privileges (class, object, acl)
  select distinct command.classid, command.objid, case command.classid
      when 'pg_class'::regclass then
        (select concat_ws(' ', c.relacl::text, columns.acl)
         from pg_class as c
         left join lateral (
           select string_agg(a.attnum || '=' || a.attacl::text, ' ' order by a.attnum) as acl
           from pg_attribute as a where a.attrelid = c.oid and a.attacl is not null
         ) as columns on true
         where c.oid = command.objid)
      when 'pg_proc'::regclass then (select coalesce(p.proacl::text, '') from pg_proc as p where p.oid = command.objid)
      else (select coalesce(n.nspacl::text, '') from pg_namespace as n where n.oid = command.objid)
    end
  from pg_event_trigger_ddl_commands() as command
  where command.classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass)
    and command.object_type <> 'index'
  on conflict (class, object) do update set acl = excluded.acl;

  for granted in
    select distinct case
        when command.object_type in ('TABLE', 'SEQUENCE') then 'pg_class'::regclass
        when command.object_type in ('FUNCTION', 'PROCEDURE', 'ROUTINE') then 'pg_proc'::regclass
        when command.object_type = 'SCHEMA' then 'pg_namespace'::regclass
      end
    from pg_event_trigger_ddl_commands() as command
    where command.classid is null and command.command_tag in ('GRANT', 'REVOKE')
  loop
    with changed as (
      insert into watertight.privileges as known (class, object, acl)
      select present.class, present.object, present.acl
      from watertight.present_privileges as present
      left join watertight.privileges as before
        on before.class = present.class and before.object = present.object
      where present.class = granted and before.acl is distinct from present.acl
      on conflict (class, object) do update set acl = excluded.acl
      returning known.class, known.object
    )
    insert into watertight.origins (statement, class, object, tag)
    select place, changed.class, changed.object, tg_tag
    from changed;
  end loop;
end
$body$;

-- A policy, trigger or rule that is gone is an event in the life of its table, also when it went by CASCADE.
create or replace function watertight.record_drop() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  place constant integer := coalesce(nullif(current_setting('watertight.place', true), ''), '-1');
begin
  insert into watertight.origins (statement, class, object, tag)
  select place, 'pg_class'::regclass, c.oid, 'DROP ' || upper(dropped.object_type)
  from pg_event_trigger_dropped_objects() as dropped
  join pg_class as c on c.relname = dropped.address_names[2]
  join pg_namespace as n on n.oid = c.relnamespace and n.nspname = dropped.address_names[1]
  where dropped.object_type in ('policy', 'trigger', 'rule');
end
$body$;

truncate watertight.privileges;
insert into watertight.privileges (class, object, acl)
select class, object, acl from watertight.present_privileges;

drop event trigger if exists watertight_record_command;
drop event trigger if exists watertight_record_drop;
create event trigger watertight_record_command on ddl_command_end execute function watertight.record_command();
create event trigger watertight_record_drop on sql_drop execute function watertight.record_drop();
-- Dumps set session_replication_role = replica, which silences ordinary event triggers.
alter event trigger watertight_record_command enable always;
alter event trigger watertight_record_drop enable always;
