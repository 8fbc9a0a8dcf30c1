-- The policy of a child leaves the question to the policy of its parent.
-- system: workspace
-- class: 24
-- expect: clean

alter policy campaign_channels_by_campaign on public.campaign_channels
  using (exists (select from public.cmo_campaigns as campaign where campaign.id = campaign_channels.campaign_id));
