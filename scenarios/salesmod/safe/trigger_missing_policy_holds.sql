-- A table without the trigger that sets org_id is as strict as its policies, which check every new row.
-- system: salesmod
-- through: 20251116000002
-- expect: clean

drop trigger trigger_set_webinars_org_id on public.webinars;
