-- Mends the functions: a fixed search_path, no trust in an organization that the caller names, and execution only for who needs it.

alter function public.update_updated_at_column() set search_path = '';
alter function public.prevent_org_id_change() set search_path = '';

-- Runs as its caller: the policies of notifications let a member notify itself, and the backend anybody.
create or replace function public.create_notification(
  p_org_id uuid,
  p_user_id uuid,
  p_type public.notification_type,
  p_title text,
  p_message text,
  p_contact_id uuid default null,
  p_appointment_id uuid default null,
  p_action_url text default null,
  p_priority public.notification_priority default 'medium',
  p_channels jsonb default '["in_app"]'
) returns uuid
  language plpgsql security invoker
  set search_path = ''
as $$
declare
  created uuid;
begin
  insert into public.notifications (
    org_id, user_id, type, title, message, contact_id, appointment_id, action_url, priority, channels
  )
  values (
    p_org_id, p_user_id, p_type, p_title, p_message, p_contact_id, p_appointment_id, p_action_url, p_priority, p_channels
  )
  returning id into created;
  return created;
end
$$;

-- Runs as its owner and therefore asks whose organization it is.
create or replace function public.get_org_audit_logs(
  p_org_id uuid,
  p_limit integer default 100,
  p_offset integer default 0
) returns setof public.audit_logs
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  if p_org_id is distinct from public.auth_org_id() then
    raise exception 'not a member of this organization' using errcode = 'insufficient_privilege';
  end if;
  return query
    select *
    from public.audit_logs
    where audit_logs.org_id = p_org_id
    order by audit_logs.created_at desc, audit_logs.id
    limit p_limit offset p_offset;
end
$$;

-- Runs as its caller: the policy of audit_logs shows the caller's organization only.
create or replace function public.detect_suspicious_activity(
  p_org_id uuid,
  p_threshold integer default 100
) returns table (user_name text, event_count bigint, table_count bigint, first_seen timestamptz, last_seen timestamptz)
  language plpgsql stable security invoker
  set search_path = ''
as $$
begin
  return query
    select
      audit_logs.user_name, count(*), count(distinct audit_logs.table_name), min(audit_logs.created_at), max(audit_logs.created_at)
    from public.audit_logs
    where audit_logs.org_id = p_org_id and audit_logs.created_at > now() - interval '1 hour'
    group by audit_logs.user_name
    having count(*) >= p_threshold;
end
$$;

-- For the backend and its maintenance jobs only, see the grants below.
alter function public.expire_old_notifications() set search_path = public, pg_temp;
alter function public.archive_old_audit_logs(integer) set search_path = public, pg_temp;
alter function public.log_audit_event(text, text, text, text, uuid, text, jsonb, jsonb) set search_path = public, pg_temp;

revoke execute on all functions in schema public from public, anon, authenticated;
grant execute on function public.auth_org_id() to authenticated, service_role;
grant execute on function
  public.create_notification(uuid, uuid, public.notification_type, text, text, uuid, uuid, text, public.notification_priority, jsonb),
  public.get_org_audit_logs(uuid, integer, integer),
  public.detect_suspicious_activity(uuid, integer)
  to authenticated, service_role;
grant execute on function
  public.log_audit_event(text, text, text, text, uuid, text, jsonb, jsonb),
  public.archive_old_audit_logs(integer),
  public.expire_old_notifications()
  to service_role;

-- New functions are closed until somebody opens them.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke execute on functions from anon, authenticated;
