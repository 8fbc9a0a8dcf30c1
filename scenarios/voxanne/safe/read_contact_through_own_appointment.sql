-- The same policy with the key as it is: an appointment only names contacts of its own organization.
-- system: voxanne
-- expect: clean

alter policy contacts_select on public.contacts
  using (
    org_id = (select public.auth_org_id())
    or exists (select from public.appointments where appointments.contact_id = contacts.id)
  );
