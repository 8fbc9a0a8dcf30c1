-- The policy forgets the user: colleagues of one organization read each other's notifications.
-- system: voxanne
-- expect: leak read-row on public.notifications at notifications_select
-- note: Inside one organization: the victim is a colleague, not another tenant.

alter policy notifications_select on public.notifications
  using (org_id = (select public.auth_org_id()));
