-- The tables of the workspace system that are measured, in three layouts, with no index but their keys.
-- A layout is a schema, so that one query reads any of them by the search path. Columns, defaults and checks are copied from
-- the migrated tables; triggers and foreign keys are left out, because they cost nothing when rows are read.

create schema strategies;

-- Who is calling, by its workspace: the shape of a session that works in one workspace. STABLE, as it should be.
create function strategies.current_workspace_id() returns uuid
  language sql stable parallel safe
  as $$ select ((nullif(current_setting('request.jwt.claims', true), ''))::jsonb ->> 'workspace_id')::uuid $$;

-- The same as most are written: nothing is said, and what says nothing is VOLATILE.
create function strategies.unmarked_workspace_id() returns uuid
  language plpgsql
  as $$ begin return ((nullif(current_setting('request.jwt.claims', true), ''))::jsonb ->> 'workspace_id')::uuid; end $$;

create function strategies.is_super_admin() returns boolean
  language sql stable parallel safe
  as $$ select coalesce((nullif(current_setting('request.jwt.claims', true), ''))::jsonb ->> 'super_admin' = 'true', false) $$;

-- Leads as they were before recommendation 9, and the outbox before recommendation 5: the status is text, nothing is partitioned.
create schema heap;
create table heap.leads (like public.leads including defaults including constraints, primary key (id));
alter table heap.leads alter status drop default, alter status type text;
create table heap.channel_outbox (like public.channel_outbox including defaults including constraints, primary key (id));

-- The status becomes an enum, as recommendation 9 has it, when the rows are there.
create schema enumerated;
create table enumerated.leads (like heap.leads including defaults including constraints, primary key (id));
create type enumerated.outbox_status as enum ('pending', 'scheduled', 'sending', 'sent', 'delivered', 'failed');
create table enumerated.channel_outbox (like heap.channel_outbox including defaults, primary key (id));

-- Sixteen partitions by the hash of the workspace; a key must then hold the workspace too
-- (https://www.postgresql.org/docs/current/ddl-partitioning.html).
create schema hashed;
create table hashed.leads (like heap.leads including defaults including constraints, primary key (workspace_id, id))
  partition by hash (workspace_id);
create table hashed.channel_outbox (like heap.channel_outbox including defaults including constraints, primary key (workspace_id, id))
  partition by hash (workspace_id);
do $$
begin
  for part in 0..15 loop
    execute format('create table hashed.leads_%s partition of hashed.leads for values with (modulus 16, remainder %s)', part, part);
    execute format('create table hashed.channel_outbox_%s partition of hashed.channel_outbox for values with (modulus 16, remainder %s)', part, part);
  end loop;
end $$;

-- The child of a lead: the same in every layout, with the index on its foreign key that the system has.
create table strategies.lead_activities (like public.lead_activities including defaults including constraints, primary key (id));
create index on strategies.lead_activities (lead_id);

-- Later migrations close what functions are executable by default.
grant execute on all functions in schema strategies to authenticated, service_role;
grant usage on schema strategies, heap, enumerated, hashed to authenticated, service_role;
do $$
declare
  one regclass;
begin
  foreach one in array array['heap.leads', 'heap.channel_outbox', 'enumerated.leads', 'enumerated.channel_outbox',
    'hashed.leads', 'hashed.channel_outbox', 'strategies.lead_activities']::regclass[]
  loop
    execute format('grant select, insert, update, delete on %s to authenticated, service_role', one);
    execute format('alter table %s enable row level security', one);
    execute format('create policy tenant on %s for all to authenticated using (false)', one);
  end loop;
end $$;
