-- The key names a contact by id alone, so an appointment can be made with another organization's contact.
-- system: voxanne
-- class: 68, 69
-- expect: leak reference-row on public.appointments at appointments_contact_id_fkey

alter table public.appointments drop constraint appointments_org_id_contact_id_fkey;
alter table public.appointments add constraint appointments_contact_id_fkey
  foreign key (contact_id) references public.contacts (id) on delete set null;
