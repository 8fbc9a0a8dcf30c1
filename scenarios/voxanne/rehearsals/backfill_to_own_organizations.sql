-- Users whose app_metadata names an organization take their rows along; the rows of nobody go to the default one.
-- system: voxanne
-- populate: 20250110_create_auth_org_id_function
-- expect: clean

-- rows:
insert into public.organizations (id, name, slug)
select id, 'Clinic ' || id, 'clinic-' || id from auth.users;
update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || jsonb_build_object('org_id', id);
