-- A slug is unique within workspace and campaign.
-- system: workspace
-- class: 71
-- expect: clean

alter table public.landing_pages add constraint landing_pages_campaign_slug_key unique (workspace_id, campaign_id, slug);
