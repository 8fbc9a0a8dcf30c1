-- A view that was mended is replaced by a tool that drops its options, and reads as its owner again.
-- system: voxanne
-- class: 98
-- expect: leak read-by-view on public.campaign_performance at campaign_performance

create or replace view public.campaign_performance with (security_invoker = false) as
  select
    campaigns.id, campaigns.user_id, campaigns.name, campaigns.status,
    coalesce(sum(campaign_metrics.calls_made), 0) as calls_made,
    coalesce(sum(campaign_metrics.calls_answered), 0) as calls_answered,
    coalesce(sum(campaign_metrics.appointments_booked), 0) as appointments_booked,
    campaigns.org_id
  from public.campaigns
  left join public.campaign_metrics on campaign_metrics.campaign_id = campaigns.id
  where campaigns.deleted_at is null
  group by campaigns.id;
