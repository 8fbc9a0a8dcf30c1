-- Deleted rows are hidden, within the organization.
-- system: voxanne
-- class: 19
-- expect: clean
-- note: An UPDATE that sets deleted_at far in the past makes the row invisible and is refused, as PostgreSQL holds new rows to the SELECT policy.

alter policy knowledge_base_org_select on public.knowledge_base
  using (org_id = (select public.auth_org_id()) and (deleted_at is null or deleted_at > now() - interval '30 days'));
