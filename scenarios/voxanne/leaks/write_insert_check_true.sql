-- A write check of true plants rows in another organization.
-- system: voxanne
-- class: 30
-- expect: leak insert-row on public.contacts at contacts_insert

alter policy contacts_insert on public.contacts with check (true);
