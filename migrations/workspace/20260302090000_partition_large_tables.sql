-- Recommendation 5, as it was written and deployed: kernel_events and channel_outbox by month, campaign_metrics by quarter.
-- The parents have their policies back. Each partition is a table of its own that the platform's default privileges open.
-- tenant_id is gone by now, and a default partition takes whatever has no partition of its own.

-- kernel_events (event log, grows forever)
ALTER TABLE kernel_events RENAME TO kernel_events_old;
ALTER INDEX kernel_events_pkey RENAME TO kernel_events_old_pkey;
CREATE TABLE kernel_events (
  id BIGINT NOT NULL DEFAULT nextval('kernel_events_id_seq'),
  workspace_id UUID NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  event_type TEXT NOT NULL,
  source TEXT NOT NULL DEFAULT 'app',
  actor_id UUID,
  entity_type TEXT,
  entity_id UUID,
  payload JSONB NOT NULL DEFAULT '{}',
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
ALTER SEQUENCE kernel_events_id_seq OWNED BY kernel_events.id;

CREATE TABLE kernel_events_2026_01
  PARTITION OF kernel_events
  FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE kernel_events_2026_02
  PARTITION OF kernel_events
  FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE kernel_events_default
  PARTITION OF kernel_events DEFAULT;

INSERT INTO kernel_events (id, workspace_id, event_type, source, actor_id, entity_type, entity_id, payload, created_at)
SELECT id, workspace_id, event_type, source, actor_id, entity_type, entity_id, payload, created_at
FROM kernel_events_old;
DROP TABLE kernel_events_old;
CREATE INDEX idx_kernel_events_workspace_created ON kernel_events(workspace_id, created_at DESC);

ALTER TABLE kernel_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace_select" ON kernel_events FOR SELECT USING (user_has_workspace_access(workspace_id));
REVOKE ALL ON kernel_events FROM anon, authenticated;
GRANT SELECT ON kernel_events TO authenticated;

-- Similar for channel_outbox (partition by month, keep last 3 months)
ALTER TABLE channel_outbox RENAME TO channel_outbox_old;
ALTER INDEX channel_outbox_pkey RENAME TO channel_outbox_old_pkey;
CREATE TABLE channel_outbox (
  id UUID NOT NULL DEFAULT gen_random_uuid(),
  workspace_id UUID NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  account_id UUID,
  campaign_id UUID,
  lead_id UUID,
  channel TEXT NOT NULL DEFAULT 'email',
  recipient TEXT NOT NULL,
  subject TEXT,
  body TEXT NOT NULL DEFAULT '',
  payload JSONB NOT NULL DEFAULT '{}',
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'scheduled', 'sending', 'sent', 'delivered', 'failed')),
  attempts SMALLINT NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  last_error TEXT,
  scheduled_at TIMESTAMPTZ,
  sent_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at),
  CONSTRAINT channel_outbox_account_id_fkey
    FOREIGN KEY (workspace_id, account_id) REFERENCES channel_accounts (workspace_id, id) ON DELETE SET NULL (account_id),
  CONSTRAINT channel_outbox_campaign_id_fkey
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns (workspace_id, id) ON DELETE SET NULL (campaign_id),
  CONSTRAINT channel_outbox_lead_id_fkey
    FOREIGN KEY (workspace_id, lead_id) REFERENCES leads (workspace_id, id) ON DELETE SET NULL (lead_id)
) PARTITION BY RANGE (created_at);

CREATE TABLE channel_outbox_2026_01
  PARTITION OF channel_outbox
  FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE channel_outbox_2026_02
  PARTITION OF channel_outbox
  FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE channel_outbox_default
  PARTITION OF channel_outbox DEFAULT;

INSERT INTO channel_outbox (
  id, workspace_id, account_id, campaign_id, lead_id, channel, recipient, subject, body, payload, status, attempts,
  last_error, scheduled_at, sent_at, created_at
)
SELECT
  id, workspace_id, account_id, campaign_id, lead_id, channel, recipient, subject, body, payload, status, attempts,
  last_error, scheduled_at, sent_at, created_at
FROM channel_outbox_old;
DROP TABLE channel_outbox_old;
CREATE INDEX idx_channel_outbox_processing
  ON channel_outbox(workspace_id, status, scheduled_at)
  WHERE status IN ('scheduled', 'pending');
CREATE INDEX idx_channel_outbox_lead_id ON channel_outbox(lead_id);
CREATE INDEX idx_channel_outbox_campaign_id ON channel_outbox(campaign_id);
CREATE INDEX idx_channel_outbox_account_id ON channel_outbox(account_id);

ALTER TABLE channel_outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace_select" ON channel_outbox FOR SELECT USING (user_has_workspace_access(workspace_id));
CREATE POLICY "workspace_insert" ON channel_outbox FOR INSERT WITH CHECK (user_has_workspace_access(workspace_id));
CREATE POLICY "workspace_update" ON channel_outbox FOR UPDATE USING (user_has_workspace_access(workspace_id));
CREATE POLICY "workspace_delete" ON channel_outbox FOR DELETE USING (user_has_workspace_access(workspace_id));
REVOKE ALL ON channel_outbox FROM anon, authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON channel_outbox TO authenticated;
