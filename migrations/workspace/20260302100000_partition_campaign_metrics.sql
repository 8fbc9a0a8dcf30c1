-- Recommendation 5, continued: campaign_metrics by quarter, and the job that makes the partitions to come.

-- Similar for campaign_metrics (partition by quarter). A view and a materialized view stand on it and are made anew.
DROP VIEW cmo_dashboard;
DROP VIEW campaign_performance;
DROP MATERIALIZED VIEW mv_campaign_performance;

ALTER TABLE campaign_metrics RENAME TO campaign_metrics_old;
ALTER INDEX campaign_metrics_pkey RENAME TO campaign_metrics_old_pkey;
CREATE TABLE campaign_metrics (
  id UUID NOT NULL DEFAULT gen_random_uuid(),
  workspace_id UUID NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  campaign_id UUID NOT NULL,
  channel TEXT NOT NULL DEFAULT 'all',
  metric_date DATE NOT NULL,
  impressions BIGINT NOT NULL DEFAULT 0,
  clicks BIGINT NOT NULL DEFAULT 0,
  conversions BIGINT NOT NULL DEFAULT 0,
  revenue NUMERIC(14, 2) NOT NULL DEFAULT 0,
  cost NUMERIC(14, 2) NOT NULL DEFAULT 0,
  click_rate NUMERIC GENERATED ALWAYS AS (CASE WHEN impressions > 0 THEN clicks::numeric / impressions END) STORED,
  last_synced_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (id, metric_date),
  CONSTRAINT campaign_metrics_campaign_id_fkey
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES cmo_campaigns (workspace_id, id) ON DELETE CASCADE
) PARTITION BY RANGE (metric_date);

CREATE TABLE campaign_metrics_2026_q1
  PARTITION OF campaign_metrics
  FOR VALUES FROM ('2026-01-01') TO ('2026-04-01');
CREATE TABLE campaign_metrics_2026_q2
  PARTITION OF campaign_metrics
  FOR VALUES FROM ('2026-04-01') TO ('2026-07-01');
CREATE TABLE campaign_metrics_default
  PARTITION OF campaign_metrics DEFAULT;

INSERT INTO campaign_metrics (
  id, workspace_id, campaign_id, channel, metric_date, impressions, clicks, conversions, revenue, cost, last_synced_at, created_at
)
SELECT
  id, workspace_id, campaign_id, channel, metric_date, impressions, clicks, conversions, revenue, cost, last_synced_at, created_at
FROM campaign_metrics_old;
DROP TABLE campaign_metrics_old;
CREATE INDEX idx_campaign_metrics_workspace_id ON campaign_metrics(workspace_id);
CREATE INDEX idx_campaign_metrics_campaign_id ON campaign_metrics(campaign_id);

ALTER TABLE campaign_metrics ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace_select" ON campaign_metrics FOR SELECT USING (user_has_workspace_access(workspace_id));
CREATE POLICY "workspace_insert" ON campaign_metrics FOR INSERT WITH CHECK (user_has_workspace_access(workspace_id));
CREATE POLICY "workspace_update" ON campaign_metrics FOR UPDATE USING (user_has_workspace_access(workspace_id));
CREATE POLICY "workspace_delete" ON campaign_metrics FOR DELETE USING (user_has_workspace_access(workspace_id));
REVOKE ALL ON campaign_metrics FROM anon, authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaign_metrics TO authenticated;

CREATE VIEW cmo_dashboard WITH (security_invoker = true) AS
SELECT
  c.id, c.workspace_id, c.campaign_name, c.status,
  coalesce(sum(m.clicks), 0) AS clicks, coalesce(sum(m.conversions), 0) AS conversions
FROM cmo_campaigns c
LEFT JOIN campaign_metrics m ON m.campaign_id = c.id
GROUP BY c.id;
REVOKE ALL ON cmo_dashboard FROM anon, authenticated;
GRANT SELECT ON cmo_dashboard TO authenticated;

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
REVOKE ALL ON mv_campaign_performance FROM anon, authenticated;

CREATE VIEW campaign_performance WITH (security_barrier = true) AS
SELECT * FROM mv_campaign_performance WHERE user_has_workspace_access(mv_campaign_performance.workspace_id);
REVOKE ALL ON campaign_performance FROM anon, authenticated;
GRANT SELECT ON campaign_performance TO authenticated;

-- Automate partition creation with pg_cron. The recommendation schedules a bare EXECUTE, which is a statement of PL/pgSQL and
-- no statement of SQL (PostgreSQL manual, PL/pgSQL, "Executing Dynamic Commands"), so the job calls a function.
CREATE FUNCTION create_partitions(p_from date) RETURNS void
  LANGUAGE plpgsql
AS $$
DECLARE
  month date := date_trunc('month', p_from);
  quarter date := date_trunc('quarter', p_from);
BEGIN
  EXECUTE format(
    'CREATE TABLE IF NOT EXISTS kernel_events_%s PARTITION OF kernel_events FOR VALUES FROM (%L) TO (%L)',
    to_char(month, 'YYYY_MM'), month, month + interval '1 month'
  );
  EXECUTE format(
    'CREATE TABLE IF NOT EXISTS channel_outbox_%s PARTITION OF channel_outbox FOR VALUES FROM (%L) TO (%L)',
    to_char(month, 'YYYY_MM'), month, month + interval '1 month'
  );
  EXECUTE format(
    'CREATE TABLE IF NOT EXISTS campaign_metrics_%s PARTITION OF campaign_metrics FOR VALUES FROM (%L) TO (%L)',
    to_char(quarter, 'YYYY_"q"Q'), quarter, quarter + interval '3 months'
  );
END
$$;
REVOKE EXECUTE ON FUNCTION create_partitions(date) FROM PUBLIC, anon, authenticated;

SELECT cron.schedule(
  'create-monthly-partitions',
  '0 0 1 * *', -- First day of month
  $$SELECT public.create_partitions((now() + interval '1 month')::date)$$
);
