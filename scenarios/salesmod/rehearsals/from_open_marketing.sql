-- The open marketing module, five tables of which do not name an owner: every row comes to the tenant of the one it hangs on.
-- system: salesmod
-- populate: 20251116000000
-- expect: clean

-- rows:
-- Two of the users are colleagues: their addresses are the company's.
update auth.users set email = 'colleague-' || substr(id::text, 1, 8) || '@summitvaluation.example'
where id in (select id from public.profiles order by created_at, id limit 2);
update public.profiles set email = users.email from auth.users where users.id = profiles.id;
