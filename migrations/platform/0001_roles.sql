-- The roles of a Supabase project.
-- Roles belong to the cluster, so each is made only where it is absent, and one that exists is left as it is.

do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon',                       'nologin noinherit'),
      ('authenticated',              'nologin noinherit'),
      ('service_role',               'nologin noinherit bypassrls'),
      ('authenticator',              'login noinherit'),
      ('postgres',                   'nologin createdb createrole bypassrls'),
      ('supabase_admin',             'nologin noinherit'),
      ('supabase_auth_admin',        'nologin noinherit'),
      ('supabase_storage_admin',     'nologin noinherit'),
      ('supabase_realtime_admin',    'nologin noinherit'),
      ('supabase_functions_admin',   'nologin noinherit'),
      ('supabase_replication_admin', 'nologin noinherit'),
      ('supabase_read_only_user',    'nologin bypassrls'),
      ('dashboard_user',             'nologin'),
      ('pgbouncer',                  'nologin')
    ) as role (name, attributes)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I %s', wanted.name, wanted.attributes);
        if wanted.name in ('anon', 'authenticated', 'service_role', 'authenticator') then
          execute format('alter role %I set search_path = "$user", public, extensions', wanted.name);
        end if;
      exception
        -- Another database of the cluster received its prelude at the same moment.
        when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end
$$;

-- Who may switch to whom: the gateway's login role to the three API roles, and the project's owner to them all.
do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon',                    'authenticator'),
      ('authenticated',           'authenticator'),
      ('service_role',            'authenticator'),
      ('anon',                    'postgres'),
      ('authenticated',           'postgres'),
      ('service_role',            'postgres'),
      ('supabase_realtime_admin', 'postgres'),
      ('authenticator',           'supabase_storage_admin')
    ) as membership (granted, member)
  loop
    if not exists (
      select
      from pg_catalog.pg_auth_members
      join pg_catalog.pg_roles as granted on granted.oid = pg_auth_members.roleid
      join pg_catalog.pg_roles as member on member.oid = pg_auth_members.member
      where granted.rolname = wanted.granted and member.rolname = wanted.member
    ) then
      begin
        execute format('grant %I to %I', wanted.granted, wanted.member);
      exception
        when duplicate_object or unique_violation or internal_error then null;
      end;
    end if;
  end loop;
end
$$;
