-- Recommendation 6, as it was written and deployed: old events move to an archive, old messages are deleted,
-- and metrics are summed up by week. The jobs do it at night; this migration moves nothing.

-- Archive old events (keep 90 days in hot storage)
CREATE TABLE kernel_events_archive (LIKE kernel_events INCLUDING ALL);

-- Move to archive monthly, both steps in one transaction
CREATE FUNCTION archive_kernel_events() RETURNS bigint
  LANGUAGE sql SECURITY DEFINER
AS $$
  WITH old AS (
    DELETE FROM kernel_events
    WHERE created_at < now() - interval '90 days'
    RETURNING *
  ),
  archived AS (
    INSERT INTO kernel_events_archive
    SELECT * FROM old
    RETURNING 1
  )
  SELECT count(*) FROM archived
$$;

SELECT cron.schedule(
  'archive-old-events',
  '0 3 1 * *', -- First day of month
  'SELECT public.archive_kernel_events()'
);

-- Delete old outbox messages (keep 30 days)
SELECT cron.schedule(
  'cleanup-old-events',
  '0 2 * * *', -- 2 AM daily
  $$
  DELETE FROM channel_outbox
  WHERE created_at < now() - interval '30 days'
    AND status IN ('sent', 'delivered', 'failed');
  $$
);

-- Archive old campaign metrics (keep 1 year)
-- But aggregate to weekly summaries first
CREATE TABLE campaign_metrics_weekly (
  workspace_id UUID NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  campaign_id UUID NOT NULL,
  week_start DATE NOT NULL,
  impressions BIGINT NOT NULL DEFAULT 0,
  clicks BIGINT NOT NULL DEFAULT 0,
  conversions BIGINT NOT NULL DEFAULT 0,
  revenue NUMERIC(14, 2) NOT NULL DEFAULT 0,
  cost NUMERIC(14, 2) NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, campaign_id, week_start),
  FOREIGN KEY (workspace_id, campaign_id) REFERENCES cmo_campaigns (workspace_id, id) ON DELETE CASCADE
);

INSERT INTO campaign_metrics_weekly
SELECT
  workspace_id, campaign_id, date_trunc('week', metric_date)::date,
  sum(impressions), sum(clicks), sum(conversions), sum(revenue), sum(cost)
FROM campaign_metrics
WHERE metric_date < current_date - interval '1 year'
GROUP BY workspace_id, campaign_id, date_trunc('week', metric_date);
