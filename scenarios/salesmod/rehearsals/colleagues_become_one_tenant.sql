-- Two users of the company's mail domain could not share a row as users; as one tenant they share all, and the third user keeps its own.
-- system: salesmod
-- populate: 20251116000002_add_marketing_indexes
-- expect: clean

-- rows:
update auth.users set email = 'colleague-' || id || '@summitvaluation.example'
where id in (select org_id from public.clients order by org_id limit 2);
update public.profiles set email = users.email from auth.users where users.id = profiles.id;
