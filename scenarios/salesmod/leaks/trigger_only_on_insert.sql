-- The trigger keeps org_id on INSERT only and the policy leaves UPDATE to it: a row can be given to another organization.
-- system: salesmod
-- class: 31
-- through: 20251116000002
-- expect: leak reassign-row on public.content_schedule at content_schedule_org_update

drop trigger trigger_set_content_schedule_org_id on public.content_schedule;
create trigger trigger_set_content_schedule_org_id
  before insert on public.content_schedule
  for each row execute function public.set_org_id();
drop policy "Users can update own content_schedule" on public.content_schedule;
alter policy content_schedule_org_update on public.content_schedule with check (true);
