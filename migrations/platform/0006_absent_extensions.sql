-- Stand-ins for what the extensions pg_cron, pg_net, supabase_vault, pgmq and pg_graphql bring, where this server has them not.
-- `create extension` for an absent extension still fails: whoever applies the migrations passes over it for these five.
-- Every object here is closed to anon and authenticated, or does nothing.

do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron')
    and current_setting('shared_preload_libraries') like '%pg_cron%' then
    return;
  end if;

  create schema if not exists cron;

  create table cron.job (
    jobid bigserial primary key,
    schedule text not null,
    command text not null,
    nodename text not null default 'localhost',
    nodeport integer not null default 5432,
    database text not null default current_database(),
    username text not null default current_user,
    active boolean not null default true,
    jobname text,
    constraint jobname_username_uniq unique (jobname, username)
  );
  alter table cron.job enable row level security;
  create policy cron_job_policy on cron.job using (username = current_user);

  create table cron.job_run_details (
    jobid bigint,
    runid bigserial primary key,
    job_pid integer,
    database text,
    username text,
    command text,
    status text,
    return_message text,
    start_time timestamptz,
    end_time timestamptz
  );
  alter table cron.job_run_details enable row level security;
  create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

  create function cron.schedule(job_name text, schedule text, command text) returns bigint
    language sql
    as $body$
      insert into cron.job (jobname, schedule, command) values ($1, $2, $3)
      on conflict on constraint jobname_username_uniq
      do update set schedule = excluded.schedule, command = excluded.command
      returning jobid
    $body$;
  create function cron.schedule(schedule text, command text) returns bigint
    language sql
    as 'insert into cron.job (schedule, command) values ($1, $2) returning jobid';
  create function cron.schedule_in_database(
    job_name text, schedule text, command text, database text, username text default null, active boolean default true
  ) returns bigint
    language sql
    as $body$
      insert into cron.job (jobname, schedule, command, database, username, active)
      values ($1, $2, $3, $4, coalesce($5, current_user), $6)
      on conflict on constraint jobname_username_uniq
      do update set schedule = excluded.schedule, command = excluded.command
      returning jobid
    $body$;
  create function cron.unschedule(job_id bigint) returns boolean
    language sql
    as $body$
      with gone as (delete from cron.job where jobid = $1 returning 1) select exists (select from gone)
    $body$;
  create function cron.unschedule(job_name text) returns boolean
    language sql
    as $body$
      with gone as (delete from cron.job where jobname = $1 and username = current_user returning 1)
      select exists (select from gone)
    $body$;
  create function cron.alter_job(
    job_id bigint, schedule text default null, command text default null,
    database text default null, username text default null, active boolean default null
  ) returns void
    language sql
    as $body$
      update cron.job as job
      set schedule = coalesce($2, job.schedule), command = coalesce($3, job.command),
          database = coalesce($4, job.database), username = coalesce($5, job.username), active = coalesce($6, job.active)
      where job.jobid = $1
    $body$;

  revoke all on all functions in schema cron from public;
  grant usage on schema cron to postgres;
  grant all on all tables in schema cron to postgres;
  grant all on all sequences in schema cron to postgres;
  grant execute on all functions in schema cron to postgres;
end
$$;

do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_net')
    and current_setting('shared_preload_libraries') like '%pg_net%' then
    return;
  end if;

  create schema if not exists net;

  create table net.http_request_queue (
    id bigserial,
    method text not null,
    url text not null,
    headers jsonb,
    body bytea,
    timeout_milliseconds integer not null
  );
  create table net._http_response (
    id bigint,
    status_code integer,
    content_type text,
    headers jsonb,
    content text,
    timed_out boolean,
    error_msg text,
    created timestamptz not null default now()
  );

  -- A stand-in sends nothing and keeps nothing; the number that it returns is always the same and so tells nothing.
  create function net.http_get(
    url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
  ) returns bigint
    language sql
    as 'select 0::bigint';
  create function net.http_post(
    url text, body jsonb default '{}', params jsonb default '{}',
    headers jsonb default '{"Content-Type": "application/json"}', timeout_milliseconds integer default 5000
  ) returns bigint
    language sql
    as 'select 0::bigint';
  create function net.http_delete(
    url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
  ) returns bigint
    language sql
    as 'select 0::bigint';

  grant usage on schema net to postgres, anon, authenticated, service_role, supabase_functions_admin;
end
$$;

do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'supabase_vault') then
    return;
  end if;

  create schema if not exists vault;

  create table vault.secrets (
    id uuid primary key default gen_random_uuid(),
    name text,
    description text not null default '',
    secret text not null,
    key_id uuid,
    nonce bytea,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create unique index secrets_name_idx on vault.secrets (name) where name is not null;
  alter table vault.secrets enable row level security;

  create view vault.decrypted_secrets as
    select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at
    from vault.secrets;

  create function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
  ) returns uuid
    language sql security definer set search_path = ''
    as $body$
      insert into vault.secrets (secret, name, description, key_id)
      values (new_secret, new_name, new_description, new_key_id)
      returning id
    $body$;
  create function vault.update_secret(
    secret_id uuid, new_secret text default null, new_name text default null,
    new_description text default null, new_key_id uuid default null
  ) returns void
    language sql security definer set search_path = ''
    as $body$
      update vault.secrets as kept
      set secret = coalesce(new_secret, kept.secret), name = coalesce(new_name, kept.name),
          description = coalesce(new_description, kept.description), key_id = coalesce(new_key_id, kept.key_id),
          updated_at = now()
      where kept.id = secret_id
    $body$;

  revoke all on all functions in schema vault from public;
  grant usage on schema vault to postgres, service_role;
  grant select, delete on vault.secrets, vault.decrypted_secrets to postgres, service_role;
  grant execute on all functions in schema vault to postgres, service_role;
end
$$;

do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pgmq') then
    return;
  end if;

  create schema if not exists pgmq;

  create table pgmq.meta (
    queue_name varchar not null unique,
    is_partitioned boolean not null default false,
    is_unlogged boolean not null default false,
    created_at timestamptz not null default now()
  );

  create function pgmq.create(queue_name text) returns void
    language plpgsql
    as $body$
    begin
      execute format(
        'create table if not exists pgmq.%I (msg_id bigint primary key generated always as identity, '
        'read_ct integer not null default 0, enqueued_at timestamptz not null default now(), '
        'vt timestamptz not null, message jsonb, headers jsonb)', 'q_' || lower(queue_name));
      execute format(
        'create table if not exists pgmq.%I (msg_id bigint primary key, read_ct integer not null default 0, '
        'enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(), '
        'vt timestamptz not null, message jsonb, headers jsonb)', 'a_' || lower(queue_name));
      insert into pgmq.meta (queue_name) values (lower(queue_name)) on conflict do nothing;
    end
    $body$;
  create function pgmq.send(queue_name text, msg jsonb, delay integer default 0) returns setof bigint
    language plpgsql
    as $body$
    begin
      return query execute format(
        'insert into pgmq.%I (vt, message) values (clock_timestamp() + make_interval(secs => $2), $1) returning msg_id',
        'q_' || lower(queue_name)) using msg, delay;
    end
    $body$;
  create function pgmq.delete(queue_name text, msg_id bigint) returns boolean
    language plpgsql
    as $body$
    declare
      gone bigint;
    begin
      execute format('delete from pgmq.%I where msg_id = $1 returning msg_id', 'q_' || lower(queue_name))
        into gone using msg_id;
      return gone is not null;
    end
    $body$;
  create function pgmq.drop_queue(queue_name text) returns boolean
    language plpgsql
    as $body$
    begin
      execute format('drop table if exists pgmq.%I, pgmq.%I', 'q_' || lower(queue_name), 'a_' || lower(queue_name));
      delete from pgmq.meta as kept where kept.queue_name = lower(drop_queue.queue_name);
      return found;
    end
    $body$;

  revoke all on all functions in schema pgmq from public;
  grant usage on schema pgmq to postgres, service_role;
  grant execute on all functions in schema pgmq to postgres, service_role;
end
$$;

-- Database webhooks: the trigger function that the dashboard puts on tables.
create table supabase_functions.hooks (
  id bigserial primary key,
  hook_table_id integer not null,
  hook_name text not null,
  created_at timestamptz not null default now(),
  request_id bigint
);
alter table supabase_functions.hooks enable row level security;

create function supabase_functions.http_request() returns trigger
  language plpgsql
as $$
begin
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end
$$;

create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null, extensions jsonb default null
) returns jsonb
  language sql
as $$
  select '{"errors": [{"message": "pg_graphql extension is not enabled."}]}'::jsonb
$$;
