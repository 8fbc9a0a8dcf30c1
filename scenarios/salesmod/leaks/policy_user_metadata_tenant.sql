-- The tenant is read from user_metadata, which every user edits itself.
-- system: salesmod
-- class: 15
-- expect: leak claim-editable on public.products at products_by_claim

create policy products_by_claim on public.products
  for select to authenticated
  using (tenant_id::text = auth.jwt() -> 'user_metadata' ->> 'tenant_id');
