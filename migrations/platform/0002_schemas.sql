-- The schemas of a Supabase project, who may use them, what new objects in them are granted, and the first extensions.

create schema if not exists extensions;
create schema if not exists auth;
create schema if not exists storage;
create schema if not exists realtime;
create schema if not exists supabase_functions;
create schema if not exists supabase_migrations;
create schema if not exists graphql_public;

-- Up to PostgreSQL 14 everybody may create objects in public; Supabase projects do not rely on it.
revoke create on schema public from public;

grant usage on schema public, auth, storage, extensions, realtime, graphql_public, supabase_functions
  to postgres, anon, authenticated, service_role;
grant create on schema public, extensions, supabase_migrations to postgres;
grant usage on schema supabase_migrations to postgres;
grant usage on schema auth, extensions to supabase_auth_admin, supabase_storage_admin;
grant usage on schema public to supabase_auth_admin, supabase_storage_admin;
grant all on schema auth, storage, realtime, extensions to dashboard_user;

-- New objects in public are open to the API roles: policies are all that stands between tenants.
alter default privileges in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;

alter default privileges in schema storage grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges in schema storage grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges in schema storage grant all on sequences to postgres, anon, authenticated, service_role;

alter default privileges in schema graphql_public grant all on functions to postgres, anon, authenticated, service_role;

-- What the command line keeps of the migrations that it applied.
create table if not exists supabase_migrations.schema_migrations (
  version text primary key,
  statements text[],
  name text
);

-- Extensions that every project has, where this server has them.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['uuid-ossp', 'pgcrypto'] loop
    if exists (select from pg_catalog.pg_available_extensions where name = wanted) then
      execute format('create extension if not exists %I with schema extensions', wanted);
    else
      raise notice 'extension % is not available on this server', wanted;
    end if;
  end loop;
end
$$;

-- Where the server has no contrib modules, the functions that migrations use as column defaults are made from what the core has.
do $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'uuid-ossp') then
    create function extensions.uuid_generate_v4() returns uuid
      language sql volatile parallel safe
      as 'select pg_catalog.gen_random_uuid()';
  end if;
  if not exists (select from pg_catalog.pg_extension where extname = 'pgcrypto') then
    create function extensions.gen_random_uuid() returns uuid
      language sql volatile parallel safe
      as 'select pg_catalog.gen_random_uuid()';
    create function extensions.gen_random_bytes(length integer) returns bytea
      language sql volatile parallel safe
      as $body$
        select substring(string_agg(uuid_send(pg_catalog.gen_random_uuid()), ''::bytea) from 1 for length)
        from generate_series(0, length / 16)
      $body$;
    create function extensions.digest(data bytea, algorithm text) returns bytea
      language sql immutable strict parallel safe
      as $body$
        select case lower(algorithm)
          when 'md5' then decode(md5(data), 'hex')
          when 'sha224' then sha224(data)
          when 'sha256' then sha256(data)
          when 'sha384' then sha384(data)
          when 'sha512' then sha512(data)
        end
      $body$;
    create function extensions.digest(data text, algorithm text) returns bytea
      language sql immutable strict parallel safe
      as 'select extensions.digest(convert_to(data, ''UTF8''), algorithm)';
    raise notice 'pgcrypto is absent: crypt, gen_salt, hmac and the pgp functions are not provided';
  end if;
end
$$;

-- Names in extensions are found without a schema: for new sessions of this database, and for the session that applies the migrations.
-- A database made with this one as its template does not inherit the first setting.
do $$
begin
  execute format('alter database %I set search_path = "$user", public, extensions', current_database());
exception
  when internal_error then null;
end
$$;

set search_path = "$user", public, extensions;
