-- Recommendation 7, as it was written and deployed: four JSON columns become tables of their own.
-- The tables name their parent and no workspace, and nobody thought of row security. The JSON stays until the application reads the tables.

-- Target audiences
CREATE TABLE business_profile_audiences (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  profile_id UUID NOT NULL REFERENCES business_profiles(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  company_size TEXT,
  industry TEXT,
  annual_revenue TEXT,
  created_at TIMESTAMPTZ DEFAULT now()
);
CREATE INDEX idx_business_profile_audiences_profile_id ON business_profile_audiences(profile_id);

INSERT INTO business_profile_audiences (profile_id, name, company_size, industry, annual_revenue)
SELECT p.id, a ->> 'name', a ->> 'size', a ->> 'industry', a ->> 'annual_revenue'
FROM business_profiles p
CROSS JOIN LATERAL jsonb_array_elements(
  CASE WHEN jsonb_typeof(p.target_audiences) = 'array' THEN p.target_audiences ELSE '[]' END
) AS a
WHERE jsonb_typeof(a) = 'object' AND a ->> 'name' IS NOT NULL;

-- brand_colors
CREATE TABLE business_profile_colors (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  profile_id UUID NOT NULL REFERENCES business_profiles(id) ON DELETE CASCADE,
  name TEXT,
  hex TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX idx_business_profile_colors_profile_id ON business_profile_colors(profile_id);

INSERT INTO business_profile_colors (profile_id, name, hex, position)
SELECT p.id, c ->> 'name', coalesce(c ->> 'hex', c #>> '{}'), ordinality
FROM business_profiles p
CROSS JOIN LATERAL jsonb_array_elements(
  CASE WHEN jsonb_typeof(p.brand_colors) = 'array' THEN p.brand_colors ELSE '[]' END
) WITH ORDINALITY AS colors (c, ordinality)
WHERE coalesce(c ->> 'hex', c #>> '{}') IS NOT NULL;

-- cmo_campaigns.channels[]
CREATE TABLE campaign_channels (
  campaign_id UUID NOT NULL REFERENCES cmo_campaigns(id) ON DELETE CASCADE,
  channel TEXT NOT NULL,
  budget_share NUMERIC(5, 2),
  PRIMARY KEY (campaign_id, channel)
);

INSERT INTO campaign_channels (campaign_id, channel)
SELECT DISTINCT c.id, channel
FROM cmo_campaigns c
CROSS JOIN LATERAL unnest(c.channels) AS channel
WHERE channel IS NOT NULL;

-- content.recipients[] in assets
CREATE TABLE asset_recipients (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  asset_id UUID NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
  recipient TEXT NOT NULL,
  delivered_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ DEFAULT now()
);
CREATE INDEX idx_asset_recipients_asset_id ON asset_recipients(asset_id);

INSERT INTO asset_recipients (asset_id, recipient)
SELECT a.id, coalesce(r ->> 'email', r #>> '{}')
FROM assets a
CROSS JOIN LATERAL jsonb_array_elements(
  CASE WHEN jsonb_typeof(a.content -> 'recipients') = 'array' THEN a.content -> 'recipients' ELSE '[]' END
) AS r
WHERE coalesce(r ->> 'email', r #>> '{}') IS NOT NULL;
