-- Phase 1, step 5: audit logs. pgaudit is switched on where the server has it loaded and queued elsewhere.
-- As it was deployed: the functions believe the organization that they are told.

create table public.audit_logs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  event_type text not null,
  operation text not null,
  table_name text,
  user_name text,
  query text,
  old_values jsonb,
  new_values jsonb,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  constraint fk_audit_logs_org_id foreign key (org_id) references public.organizations (id) on delete cascade,
  constraint chk_audit_logs_org_id_present check (org_id is not null)
);

create index idx_audit_logs_org_created on public.audit_logs (org_id, created_at desc);
create index idx_audit_logs_org_event on public.audit_logs (org_id, event_type, created_at desc);
create index idx_audit_logs_org_user on public.audit_logs (org_id, user_name, created_at desc);
create index idx_audit_logs_live on public.audit_logs (created_at) where archived_at is null;

create trigger org_id_immutable_audit_logs
  before update on public.audit_logs
  for each row execute function public.prevent_org_id_change();

alter table public.audit_logs enable row level security;

-- Members read what happened in their organization; only functions and the backend write it.
create policy audit_logs_select on public.audit_logs
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

-- pgaudit refuses to be created unless the server loaded it at its start; then it stays queued, and nothing else depends on it.
do $$
declare
  state text := 'queued: the server does not offer it';
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pgaudit') then
    begin
      create extension if not exists pgaudit with schema extensions;
      state := 'active';
    exception
      when others then
        state := 'queued: ' || sqlerrm;
    end;
  end if;
  execute format('comment on table public.audit_logs is %L', 'pgaudit ' || state);
  raise notice 'pgaudit %', state;
end
$$;

create function public.log_audit_event(
  p_event_type text,
  p_operation text,
  p_table_name text,
  p_user_name text,
  p_org_id uuid,
  p_query text default null,
  p_old_values jsonb default null,
  p_new_values jsonb default null
) returns uuid
  language plpgsql security definer
as $$
declare
  logged uuid;
begin
  insert into audit_logs (event_type, operation, table_name, user_name, org_id, query, old_values, new_values)
  values (p_event_type, p_operation, p_table_name, p_user_name, p_org_id, p_query, p_old_values, p_new_values)
  returning id into logged;
  return logged;
end
$$;

create function public.archive_old_audit_logs(p_days integer default 90) returns integer
  language plpgsql security definer
as $$
declare
  archived integer;
begin
  update audit_logs
  set archived_at = now()
  where archived_at is null and created_at < now() - make_interval(days => p_days);
  get diagnostics archived = row_count;
  return archived;
end
$$;

create function public.get_org_audit_logs(
  p_org_id uuid,
  p_limit integer default 100,
  p_offset integer default 0
) returns setof public.audit_logs
  language plpgsql stable security definer
as $$
begin
  return query
    select *
    from audit_logs
    where audit_logs.org_id = p_org_id
    order by audit_logs.created_at desc, audit_logs.id
    limit p_limit offset p_offset;
end
$$;

create function public.detect_suspicious_activity(
  p_org_id uuid,
  p_threshold integer default 100
) returns table (user_name text, event_count bigint, table_count bigint, first_seen timestamptz, last_seen timestamptz)
  language plpgsql stable security definer
as $$
begin
  return query
    select
      audit_logs.user_name, count(*), count(distinct audit_logs.table_name), min(audit_logs.created_at), max(audit_logs.created_at)
    from audit_logs
    where audit_logs.org_id = p_org_id and audit_logs.created_at > now() - interval '1 hour'
    group by audit_logs.user_name
    having count(*) >= p_threshold;
end
$$;
