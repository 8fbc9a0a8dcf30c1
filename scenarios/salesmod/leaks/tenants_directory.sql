-- Tenants are listed for everybody who is signed in: the list of the product's customers.
-- system: salesmod
-- expect: leak read-row on public.tenants at tenants_directory

create policy tenants_directory on public.tenants
  for select to authenticated
  using (auth.uid() is not null);
