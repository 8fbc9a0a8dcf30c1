-- The function runs as its owner and takes any organization, but returns rows of the caller's only.
-- system: voxanne
-- class: 50
-- expect: clean

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
  where audit_logs.org_id = p_org_id and audit_logs.org_id = (select public.auth_org_id())
  order by audit_logs.created_at desc, audit_logs.id
  limit p_limit offset p_offset
$$;
