-- The trigger keeps org_id on INSERT only, but the policy checks the new row as well.
-- system: salesmod
-- through: 20251116000002
-- expect: clean

drop trigger trigger_set_marketing_campaigns_org_id on public.marketing_campaigns;
create trigger trigger_set_marketing_campaigns_org_id
  before insert on public.marketing_campaigns
  for each row execute function public.set_org_id();
