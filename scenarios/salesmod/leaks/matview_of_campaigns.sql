-- The analytics that the plan proposes as a materialized view: no policy applies to it, and members may read it.
-- system: salesmod
-- class: 47
-- expect: leak read-by-matview on public.mv_campaign_results at mv_campaign_results

create materialized view public.mv_campaign_results as
  select email_campaigns.tenant_id, email_campaigns.id, email_campaigns.name, count(email_sends.id) as sends
  from public.email_campaigns
  left join public.email_sends on email_sends.campaign_id = email_campaigns.id
  group by email_campaigns.id;
grant select on public.mv_campaign_results to authenticated;
