-- The user model, filled with rows of colleagues and of others: every row comes to its maker's tenant, the company's or its own.
-- system: salesmod
-- populate: 20240901000009
-- expect: clean

-- rows:
-- Two of the users are colleagues: their addresses are the company's.
update auth.users set email = 'colleague-' || substr(id::text, 1, 8) || '@summitvaluation.example'
where id in (select id from public.profiles order by created_at, id limit 2);
update public.profiles set email = users.email from auth.users where users.id = profiles.id;
