-- One of the 52 permissive policies was forgotten: permissive policies are ORed, and it opens its table again.
-- system: salesmod
-- class: 17
-- through: 20251116000002
-- expect: leak read-row on public.marketing_content at marketing_content_select

create policy marketing_content_select on public.marketing_content for select using (true);
