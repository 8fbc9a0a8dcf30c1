-- user_metadata only narrows what the policy by tenant shows.
-- system: salesmod
-- class: 15
-- expect: clean

create policy products_by_claim on public.products
  as restrictive for select to authenticated
  using (is_active or coalesce(auth.jwt() -> 'user_metadata' ->> 'hide_inactive', 'false') <> 'true');
