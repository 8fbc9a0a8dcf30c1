-- Recommendation 4: composite indexes for common queries.

-- Leads (most queried table)
CREATE INDEX CONCURRENTLY idx_leads_workspace_status
  ON leads(workspace_id, status);
CREATE INDEX idx_leads_workspace_created ON leads(workspace_id, created_at DESC);
CREATE INDEX idx_leads_workspace_score ON leads(workspace_id, score DESC);
CREATE INDEX idx_leads_workspace_tags ON leads(workspace_id) WHERE tags IS NOT NULL;

-- Campaigns
CREATE INDEX idx_campaigns_workspace_status ON campaigns(workspace_id, status);
CREATE INDEX idx_cmo_campaigns_workspace_status ON cmo_campaigns(workspace_id, status);

-- Channel Outbox (critical for job processing)
CREATE INDEX CONCURRENTLY idx_channel_outbox_processing
  ON channel_outbox(workspace_id, status, scheduled_at)
  WHERE status IN ('scheduled', 'pending');

-- Deals (for CRO dashboard)
CREATE INDEX idx_deals_workspace_stage_value
  ON deals(workspace_id, stage, value DESC);

-- Tasks (for activity tracking)
CREATE INDEX idx_tasks_workspace_status_due
  ON tasks(workspace_id, status, due_date);
