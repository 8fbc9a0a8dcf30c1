-- Organization and user are compared together, as one pair.
-- system: voxanne
-- expect: clean

alter policy notifications_select on public.notifications
  using ((org_id, user_id) in (select public.auth_org_id(), auth.uid()));
