-- Contacts are open to visitors who did not sign in.
-- system: voxanne
-- class: 8
-- expect: leak read-row on public.contacts at contacts_public

grant select on public.contacts to anon;

create policy contacts_public on public.contacts
  for select to anon
  using (true);
