-- A late migration moves two outreach templates of one organization to the default one.
-- system: voxanne
-- populate: 20250110_create_auth_org_id_function
-- expect: problem row-moved on public.outreach_templates at templates_moved_to_default_migration

-- rows:
insert into public.organizations (id, name, slug)
select id, 'Clinic ' || id, 'clinic-' || id from auth.users;
update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || jsonb_build_object('org_id', id);

-- migration:
alter table public.outreach_templates disable trigger user;
update public.outreach_templates set org_id = 'a0000000-0000-0000-0000-000000000001'
where id in (select id from public.outreach_templates order by id limit 2);
alter table public.outreach_templates enable trigger user;
