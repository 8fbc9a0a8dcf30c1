-- A contact is shown to whoever has an appointment with it, and an appointment can be made with any contact: two steps to read it.
-- system: voxanne
-- expect: leak reference-row on public.appointments at appointments_contact_id_fkey
-- note: The read itself takes two steps: the planted reference first, then the contact is visible.

alter table public.appointments drop constraint appointments_org_id_contact_id_fkey;
alter table public.appointments add constraint appointments_contact_id_fkey
  foreign key (contact_id) references public.contacts (id) on delete set null;

alter policy contacts_select on public.contacts
  using (
    org_id = (select public.auth_org_id())
    or exists (select from public.appointments where appointments.contact_id = contacts.id)
  );
