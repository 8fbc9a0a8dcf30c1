-- Recommendation 10, as it was written and deployed: deleted_at, an index of the rows that remain, and views of them.

ALTER TABLE leads ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE contacts ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE companies ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE campaigns ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE cmo_campaigns ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE assets ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE deals ADD COLUMN deleted_at TIMESTAMPTZ;
ALTER TABLE tasks ADD COLUMN deleted_at TIMESTAMPTZ;

CREATE INDEX idx_leads_active ON leads(workspace_id)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_deals_active ON deals(workspace_id)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_tasks_active ON tasks(workspace_id)
  WHERE deleted_at IS NULL;

-- Create view for active records
CREATE VIEW leads_active AS
SELECT * FROM leads WHERE deleted_at IS NULL;
CREATE VIEW deals_active AS
SELECT * FROM deals WHERE deleted_at IS NULL;
