-- Visitors have the grant and no policy: they see no row.
-- system: voxanne
-- class: 8
-- expect: clean

grant select on public.contacts to anon;
