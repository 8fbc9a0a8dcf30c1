-- The materialized view is closed; members read it through a view that names their tenant.
-- system: salesmod
-- class: 47
-- expect: clean

create materialized view public.mv_campaign_results as
  select email_campaigns.tenant_id, email_campaigns.id, email_campaigns.name, count(email_sends.id) as sends
  from public.email_campaigns
  left join public.email_sends on email_sends.campaign_id = email_campaigns.id
  group by email_campaigns.id;
revoke all on public.mv_campaign_results from anon, authenticated;
create view public.campaign_results as
  select id, tenant_id, name, sends
  from public.mv_campaign_results
  where tenant_id = (select public.current_tenant_id());
revoke all on public.campaign_results from anon, authenticated;
grant select on public.campaign_results to authenticated;
