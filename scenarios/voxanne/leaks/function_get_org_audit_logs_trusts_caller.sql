-- A function that runs as its owner returns the audit logs of whichever organization the caller names.
-- system: voxanne
-- class: 50
-- expect: leak call-definer on public.get_org_audit_logs at get_org_audit_logs

create or replace function public.get_org_audit_logs(
  p_org_id uuid,
  p_limit integer default 100,
  p_offset integer default 0
) returns setof public.audit_logs
  language sql stable security definer
  set search_path = ''
as $$
  select *
  from public.audit_logs
  where audit_logs.org_id = p_org_id
  order by audit_logs.created_at desc, audit_logs.id
  limit p_limit offset p_offset
$$;
