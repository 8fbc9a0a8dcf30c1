-- A list that is the same for everybody is readable by every signed-in user and writable by none.
-- system: voxanne
-- class: 9
-- expect: clean
-- note: Whether the table is shared is a statement about the product; it has no column that names an owner.

create table public.service_catalog (
  id uuid primary key default gen_random_uuid(),
  code text not null unique,
  name text not null
);

alter table public.service_catalog enable row level security;

create policy service_catalog_read on public.service_catalog
  for select to authenticated
  using (true);

revoke insert, update, delete on public.service_catalog from authenticated;
