-- A function that runs as its owner tells who is active in whichever organization the caller names.
-- system: voxanne
-- class: 50
-- expect: leak call-definer on public.detect_suspicious_activity at detect_suspicious_activity
-- note: The one-hour window of the original is left out, so that rows of any age count.

create or replace function public.detect_suspicious_activity(
  p_org_id uuid,
  p_threshold integer default 1
) returns table (user_name text, event_count bigint, table_count bigint, first_seen timestamptz, last_seen timestamptz)
  language sql stable security definer
  set search_path = ''
as $$
  select
    audit_logs.user_name, count(*), count(distinct audit_logs.table_name), min(audit_logs.created_at), max(audit_logs.created_at)
  from public.audit_logs
  where audit_logs.org_id = p_org_id
  group by audit_logs.user_name
  having count(*) >= p_threshold
$$;
