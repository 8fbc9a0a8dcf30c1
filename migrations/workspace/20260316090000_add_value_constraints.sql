-- Recommendation 9: constraints and an enum, after the rows that they would refuse were mended.
-- A column that a materialized view or a trigger names cannot change its type (PostgreSQL manual, ALTER TABLE), so both are
-- made anew. As it was deployed: the new mv_lead_funnel has the default grants again.

DROP TRIGGER emit_kernel_event ON leads;
DROP MATERIALIZED VIEW mv_lead_funnel;

-- Email validation; what is no address is kept aside.
UPDATE leads
SET custom_fields = custom_fields || jsonb_build_object('rejected_email', email), email = NULL
WHERE email !~* '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$';
ALTER TABLE leads
  ADD CONSTRAINT valid_email
  CHECK (email ~* '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$');

-- Score bounds
UPDATE leads SET score = least(greatest(score, 0), 100) WHERE score < 0 OR score > 100;
ALTER TABLE leads
  ADD CONSTRAINT valid_score
  CHECK (score >= 0 AND score <= 100);

-- Probability bounds
UPDATE deals SET probability = least(greatest(probability, 0), 100) WHERE probability < 0 OR probability > 100;
ALTER TABLE deals
  ADD CONSTRAINT valid_probability
  CHECK (probability >= 0 AND probability <= 100);

-- Status enum enforcement (instead of free text); a word that is no status becomes 'new' and is kept aside.
CREATE TYPE lead_status AS ENUM (
  'new', 'contacted', 'qualified', 'nurturing',
  'closed_won', 'closed_lost'
);

UPDATE leads
SET custom_fields = custom_fields || jsonb_build_object('former_status', status),
  status = CASE lower(btrim(status))
    WHEN 'contacted' THEN 'contacted'
    WHEN 'qualified' THEN 'qualified'
    WHEN 'nurturing' THEN 'nurturing'
    WHEN 'won' THEN 'closed_won'
    WHEN 'lost' THEN 'closed_lost'
    ELSE 'new'
  END
WHERE status NOT IN ('new', 'contacted', 'qualified', 'nurturing', 'closed_won', 'closed_lost');

ALTER TABLE leads
  ALTER COLUMN status DROP DEFAULT,
  ALTER COLUMN status TYPE lead_status
  USING status::lead_status,
  ALTER COLUMN status SET DEFAULT 'new';

-- Positive values
UPDATE deals SET value = 0 WHERE value < 0;
ALTER TABLE deals
  ADD CONSTRAINT positive_value
  CHECK (value >= 0);

UPDATE campaign_metrics
SET impressions = greatest(impressions, 0), clicks = greatest(clicks, 0), conversions = greatest(conversions, 0)
WHERE impressions < 0 OR clicks < 0 OR conversions < 0;
ALTER TABLE campaign_metrics
  ADD CONSTRAINT positive_metrics
  CHECK (impressions >= 0 AND clicks >= 0 AND conversions >= 0);

-- Date logic; a deal that closed early was expected on that day, in hindsight.
UPDATE deals SET expected_close_date = actual_close_date WHERE actual_close_date < expected_close_date;
ALTER TABLE deals
  ADD CONSTRAINT logical_close_dates
  CHECK (expected_close_date IS NULL OR actual_close_date IS NULL OR actual_close_date >= expected_close_date);

-- What had to go comes back.
CREATE TRIGGER emit_kernel_event
  AFTER INSERT OR UPDATE OF status ON leads
  FOR EACH ROW EXECUTE FUNCTION emit_kernel_event();

CREATE MATERIALIZED VIEW mv_lead_funnel AS
SELECT
  workspace_id,
  status,
  COUNT(*) as count,
  AVG(score) as avg_score,
  DATE_TRUNC('day', created_at) as date
FROM leads
GROUP BY workspace_id, status, DATE_TRUNC('day', created_at);
