-- A maintenance job that runs as its owner can be run by every member and changes the audit logs of all organizations.
-- system: voxanne
-- class: 48
-- expect: leak call-definer on public.archive_old_audit_logs at archive_old_audit_logs
-- note: Needs rows with archived_at NULL that are older than the number of days that is passed.

grant execute on function public.archive_old_audit_logs(integer) to authenticated;
