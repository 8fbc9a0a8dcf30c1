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

-- The privileges on a relation and on its columns, on a function and on a schema, in one text each. PL/pgSQL keeps the plans, which
-- an SQL function makes anew for every statement. Called with the search_path of `record_command`.
create or replace function watertight.acl_of(class oid, object oid) returns text
  language plpgsql stable
as $body$
declare
  columns text;
begin
  if class = 'pg_catalog.pg_class'::regclass then
    columns := (select string_agg(a.attnum || '=' || a.attacl::text, ' ' order by a.attnum)
      from pg_catalog.pg_attribute as a where a.attrelid = object and a.attacl is not null);
    return (select concat_ws(' ', c.relacl::text, columns) from pg_catalog.pg_class as c where c.oid = object);
  elsif class = 'pg_catalog.pg_proc'::regclass then
    return (select coalesce(p.proacl::text, '') from pg_catalog.pg_proc as p where p.oid = object);
  end if;
  return (select coalesce(n.nspacl::text, '') from pg_catalog.pg_namespace as n where n.oid = object);
end
$body$;

-- Objects whose row the present transaction wrote: only on them can a GRANT of it have changed anything.
create or replace function watertight.touched(kind text, columns boolean, oldest integer)
  returns table (class oid, object oid)
  language plpgsql stable
as $body$
begin
  if kind in ('TABLE', 'SEQUENCE') then
    return query select 'pg_catalog.pg_class'::regclass::oid, c.oid from pg_catalog.pg_class as c
      where c.oid >= 16384 and age(c.xmin) <= oldest and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S');
    if columns then
      return query select distinct 'pg_catalog.pg_class'::regclass::oid, a.attrelid from pg_catalog.pg_attribute as a
        where a.attrelid >= 16384 and age(a.xmin) <= oldest;
    end if;
  elsif kind in ('FUNCTION', 'PROCEDURE', 'ROUTINE') then
    return query select 'pg_catalog.pg_proc'::regclass::oid, p.oid from pg_catalog.pg_proc as p
      where p.oid >= 16384 and age(p.xmin) <= oldest;
  elsif kind = 'SCHEMA' then
    return query select 'pg_catalog.pg_namespace'::regclass::oid, n.oid from pg_catalog.pg_namespace as n
      where age(n.xmin) <= oldest;
  end if;
end
$body$;

create or replace function watertight.record_command() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $body$
declare
  place constant integer := coalesce(nullif(current_setting('watertight.place', true), ''), '-1');
  -- A GRANT that the client sent as it is, without a parenthesis before ON, names no columns.
  columns constant boolean := current_query() !~* '^\s*(grant|revoke)\s[^(]*\son\s';
begin
  insert into watertight.origins (statement, class, object, tag)
  select place, command.classid, command.objid, command.command_tag
  from pg_event_trigger_ddl_commands() as command
  where command.objid is not null and not command.in_extension
    and command.schema_name is distinct from 'watertight';

  -- What a new object is granted by default is no GRANT's doing.
  insert into watertight.privileges (class, object, acl)
  select distinct command.classid, command.objid, watertight.acl_of(command.classid, command.objid)
  from pg_event_trigger_ddl_commands() as command
  where command.classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass)
    and command.object_type <> 'index'
  on conflict (class, object) do update set acl = excluded.acl;

  if tg_tag not in ('GRANT', 'REVOKE') then
    return;
  end if;
  with changed as (
    insert into watertight.privileges as known (class, object, acl)
    select distinct touched.class, touched.object, present.acl
    from (select distinct object_type from pg_event_trigger_ddl_commands() where classid is null) as command
    cross join watertight.touched(command.object_type, columns, age(pg_current_xact_id()::xid)) as touched
    cross join lateral (select watertight.acl_of(touched.class, touched.object) as acl) as present
    left join watertight.privileges as before
      on before.class = touched.class and before.object = touched.object
    where before.acl is distinct from present.acl
    on conflict (class, object) do update set acl = excluded.acl
    returning known.class, known.object
  )
  insert into watertight.origins (statement, class, object, tag)
  select place, changed.class, changed.object, tg_tag
  from changed;
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
select present.class, present.object, watertight.acl_of(present.class, present.object)
from (
  select 'pg_class'::regclass::oid as class, oid as object from pg_class
  where oid >= 16384 and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all select 'pg_proc'::regclass, oid from pg_proc where oid >= 16384
  union all select 'pg_namespace'::regclass, oid from pg_namespace
) as present;

drop event trigger if exists watertight_record_command;
drop event trigger if exists watertight_record_drop;
create event trigger watertight_record_command on ddl_command_end execute function watertight.record_command();
create event trigger watertight_record_drop on sql_drop execute function watertight.record_drop();
-- Dumps set session_replication_role = replica, which silences ordinary event triggers.
alter event trigger watertight_record_command enable always;
alter event trigger watertight_record_drop enable always;
