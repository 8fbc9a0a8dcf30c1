-- The policy of a child asks whether the caller has any campaign, and not whether it has this one.
-- system: workspace
-- class: 24
-- expect: leak read-row on public.campaign_channels at campaign_channels_by_campaign
-- note: Writing is open as well; one cause is one finding.

alter policy campaign_channels_by_campaign on public.campaign_channels
  using (
    exists (
      select from public.cmo_campaigns as campaign where public.user_has_workspace_access(campaign.workspace_id)
    )
  );
