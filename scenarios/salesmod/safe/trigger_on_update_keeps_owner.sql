-- The policy leaves UPDATE to the trigger, which refuses another org_id.
-- system: salesmod
-- through: 20251116000002
-- expect: clean

drop policy "Users can update own marketing_campaigns" on public.marketing_campaigns;
alter policy marketing_campaigns_org_update on public.marketing_campaigns with check (true);
