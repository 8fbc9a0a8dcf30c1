-- The policy leaves UPDATE to the trigger, which refuses another org_id.
-- system: salesmod
-- through: 20251116000002
-- expect: clean

drop policy "Users can update own content_schedule" on public.content_schedule;
alter policy content_schedule_org_update on public.content_schedule with check (true);
