-- Recommendation 2, as it was written and deployed: workspace_id on asset_approvals, user_roles and notifications,
-- backfilled through the parent, with one policy for everything.

-- Add workspace_id to asset_approvals
ALTER TABLE asset_approvals
  ADD COLUMN workspace_id UUID REFERENCES workspaces(id) ON DELETE CASCADE;

-- Backfill from related table
UPDATE asset_approvals aa
SET workspace_id = a.workspace_id
FROM assets a
WHERE aa.asset_id = a.id;

ALTER TABLE asset_approvals
  ALTER COLUMN workspace_id SET NOT NULL;

-- Add RLS
ALTER TABLE asset_approvals ENABLE ROW LEVEL SECURITY;

CREATE POLICY "workspace_isolation"
  ON asset_approvals FOR ALL
  USING (user_has_workspace_access(workspace_id));

-- Add index
CREATE INDEX idx_asset_approvals_workspace_id
  ON asset_approvals(workspace_id);

-- The same for user_roles, whose parent is the membership.
ALTER TABLE user_roles
  ADD COLUMN workspace_id UUID REFERENCES workspaces(id) ON DELETE CASCADE;

UPDATE user_roles ur
SET workspace_id = wm.workspace_id
FROM workspace_members wm
WHERE ur.member_id = wm.id;

ALTER TABLE user_roles
  ALTER COLUMN workspace_id SET NOT NULL;

ALTER TABLE user_roles ENABLE ROW LEVEL SECURITY;

CREATE POLICY "workspace_isolation"
  ON user_roles FOR ALL
  USING (user_has_workspace_access(workspace_id));

CREATE INDEX idx_user_roles_workspace_id
  ON user_roles(workspace_id);

-- The same for notifications.
ALTER TABLE notifications
  ADD COLUMN workspace_id UUID REFERENCES workspaces(id) ON DELETE CASCADE;

UPDATE notifications n
SET workspace_id = wm.workspace_id
FROM workspace_members wm
WHERE n.member_id = wm.id;

ALTER TABLE notifications
  ALTER COLUMN workspace_id SET NOT NULL;

ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;

CREATE POLICY "workspace_isolation"
  ON notifications FOR ALL
  USING (user_has_workspace_access(workspace_id));

CREATE INDEX idx_notifications_workspace_id
  ON notifications(workspace_id);
