-- Leads as a product has them: workspaces by Zipf's law, arriving interleaved in order of time, with a status that follows the
-- age. Nothing is drawn by chance at run time: part() is a hash, so the same settings give the same rows.

create function pg_temp.part(number bigint, salt int) returns float8
  language sql immutable
  as $$ select (hashint8extended(number, salt) & 9007199254740991)::float8 / 9007199254740992 $$;

create temporary table ranked as
  select rank, md5('workspace ' || rank)::uuid as id
  from generate_series(1, current_setting('strategies.tenants')::int) as rank;

-- Replica: the workspaces' plans and the users' sessions are of no interest here.
set session_replication_role = replica;
insert into public.workspaces (id, name) select id, 'Workspace ' || rank from ranked;
insert into auth.users (id, email)
  select md5('user ' || rank || ' ' || seat)::uuid, 'user' || seat || '@workspace' || rank || '.example'
  from ranked, generate_series(1, 3) as seat;
insert into public.workspace_members (workspace_id, user_id)
  select id, md5('user ' || rank || ' ' || seat)::uuid from ranked, generate_series(1, 3) as seat;
set session_replication_role = origin;

-- Continuous Zipf with exponent 1: rank k holds ln((k + 1) / k) / ln(tenants + 1) of the rows.
create temporary table arrivals as
  select number, ranked.id as workspace_id, age, pg_temp.part(number, 2) as chance
  from (
    select number, 1 - number::float8 / current_setting('strategies.rows')::bigint as age,
      floor(exp(pg_temp.part(number, 1) * ln(current_setting('strategies.tenants')::float8 + 1)))::int as rank
    from generate_series(1, current_setting('strategies.rows')::bigint) as number
  ) as arrival
  join ranked using (rank)
  order by number;

insert into heap.leads (id, workspace_id, company_id, first_name, last_name, email, phone, status, source, score, tags,
  owner_id, custom_fields, created_at, updated_at)
select md5('lead ' || number)::uuid, workspace_id, md5('company ' || number / 7)::uuid,
  'First' || number % 97, 'Last' || number % 891, 'Lead' || number || '@example.com', '+1555' || lpad(number::text, 9, '0'),
  case
    when age < 0.02 and chance < 0.6 then 'new'
    when chance < 0.12 then 'new'
    when chance < 0.40 then 'contacted'
    when chance < 0.60 then 'qualified'
    when chance < 0.75 then 'nurturing'
    when chance < 0.90 then 'closed_lost'
    else 'closed_won'
  end,
  (array['web', 'referral', 'import', 'event'])[1 + number % 4],
  floor(101 * power(pg_temp.part(number, 3), 2))::int,
  case when pg_temp.part(number, 4) < 0.3 then array['priority'] end,
  md5('owner ' || number % 50)::uuid, '{"campaign": "spring"}',
  timestamptz '2026-01-01 00:00Z' - age * 365 * interval '1 day', timestamptz '2026-01-01 00:00Z'
from arrivals order by number;
