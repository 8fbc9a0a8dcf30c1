-- The same text as a restrictive policy is ANDed: it can only take away, and takes nothing away.
-- system: salesmod
-- class: 17
-- through: 20251116000002
-- expect: clean

create policy marketing_content_select on public.marketing_content as restrictive for select using (true);
