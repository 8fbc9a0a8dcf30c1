-- Whatever was deleted is shown to everybody.
-- system: voxanne
-- class: 19
-- expect: leak read-row on public.knowledge_base at knowledge_base_org_select
-- note: Needs a row of the victim that is soft-deleted.

alter policy knowledge_base_org_select on public.knowledge_base
  using (org_id = (select public.auth_org_id()) or deleted_at is not null);
