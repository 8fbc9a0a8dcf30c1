-- A function that runs as its owner lets a member write false entries into another organization's audit log.
-- system: voxanne
-- class: 51
-- expect: leak call-definer on public.log_audit_event at log_audit_event

grant execute on function public.log_audit_event(text, text, text, text, uuid, text, jsonb, jsonb) to authenticated;
