-- Only the policy for DELETE was forgotten: a bare DELETE empties the table for every organization.
-- system: salesmod
-- class: 32
-- through: 20251116000002
-- expect: leak delete-row on public.email_templates at email_templates_delete
-- note: Only the bare statement: one with a WHERE is held back by the policy for SELECT.

create policy email_templates_delete on public.email_templates for delete using (true);
