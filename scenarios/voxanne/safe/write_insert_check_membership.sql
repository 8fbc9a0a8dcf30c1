-- The write check looks the organization up instead of comparing the claim directly.
-- system: voxanne
-- class: 30
-- expect: clean
-- note: Safe because the policy of organizations shows the caller's own and no other.

alter policy contacts_insert on public.contacts
  with check (org_id in (select organizations.id from public.organizations));
