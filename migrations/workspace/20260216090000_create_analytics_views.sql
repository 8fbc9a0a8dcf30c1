-- Recommendation 8, as it was written and deployed: materialized views for analytics.
-- A campaign has a row of metrics for each day and channel, so the first view sums them up: the unique index on campaign_id
-- would not stand otherwise.

-- Campaign performance summary (refreshed hourly)
CREATE MATERIALIZED VIEW mv_campaign_performance AS
SELECT
  c.workspace_id,
  c.id as campaign_id,
  c.campaign_name,
  c.status,
  sum(cm.impressions) as impressions,
  sum(cm.clicks) as clicks,
  sum(cm.conversions) as conversions,
  sum(cm.revenue) as revenue,
  sum(cm.cost) as cost,
  CASE
    WHEN sum(cm.cost) > 0 THEN (sum(cm.revenue) / sum(cm.cost))
    ELSE 0
  END as roi,
  max(cm.last_synced_at) as last_synced_at
FROM cmo_campaigns c
LEFT JOIN campaign_metrics cm ON cm.campaign_id = c.id
WHERE c.status IN ('active', 'completed')
GROUP BY c.id;

CREATE UNIQUE INDEX ON mv_campaign_performance(campaign_id);
CREATE INDEX ON mv_campaign_performance(workspace_id);

-- Refresh hourly
SELECT cron.schedule(
  'refresh-campaign-performance',
  '0 * * * *',
  'REFRESH MATERIALIZED VIEW CONCURRENTLY mv_campaign_performance'
);

-- Lead funnel metrics (refreshed daily)
CREATE MATERIALIZED VIEW mv_lead_funnel AS
SELECT
  workspace_id,
  status,
  COUNT(*) as count,
  AVG(score) as avg_score,
  DATE_TRUNC('day', created_at) as date
FROM leads
GROUP BY workspace_id, status, DATE_TRUNC('day', created_at);

-- Revenue forecast view
CREATE MATERIALIZED VIEW mv_revenue_forecast AS
SELECT
  workspace_id,
  period,
  scenario,
  SUM(forecast_new_arr) as total_forecast,
  AVG(confidence) as avg_confidence
FROM cro_forecasts
GROUP BY workspace_id, period, scenario;
