-- The maintenance job is open to members but runs as its caller, who may not change an audit log.
-- system: voxanne
-- class: 48
-- expect: clean

alter function public.archive_old_audit_logs(integer) security invoker;
grant execute on function public.archive_old_audit_logs(integer) to authenticated;
