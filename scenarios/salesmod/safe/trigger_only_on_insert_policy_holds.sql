-- The trigger keeps org_id on INSERT only, but the policy checks the new row as well.
-- system: salesmod
-- class: 31
-- through: 20251116000002
-- expect: clean

drop trigger trigger_set_content_schedule_org_id on public.content_schedule;
create trigger trigger_set_content_schedule_org_id
  before insert on public.content_schedule
  for each row execute function public.set_org_id();
