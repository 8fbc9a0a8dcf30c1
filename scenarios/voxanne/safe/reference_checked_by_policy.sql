-- The key names a contact by id alone, but the write check lets only visible contacts through.
-- system: voxanne
-- class: 68
-- expect: clean

alter table public.appointments drop constraint appointments_org_id_contact_id_fkey;
alter table public.appointments add constraint appointments_contact_id_fkey
  foreign key (contact_id) references public.contacts (id) on delete set null;

alter policy appointments_insert on public.appointments
  with check (
    org_id = (select public.auth_org_id())
    and (contact_id is null or exists (select from public.contacts where contacts.id = appointments.contact_id))
  );

alter policy appointments_update on public.appointments
  with check (
    org_id = (select public.auth_org_id())
    and (contact_id is null or exists (select from public.contacts where contacts.id = appointments.contact_id))
  );
