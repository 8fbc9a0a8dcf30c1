-- A database that was filled right after the switch to organizations keeps every row and every row's owner through phase 1 and its mending.
-- system: voxanne
-- populate: 20250110_switch_policies_to_org
-- expect: clean
-- note: contacts becomes contacts_legacy on the way, and its rows are found again in the new contacts under the same ids.

-- rows:
-- Whoever signs up at this stage is given an organization by the backend.
update auth.users
set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || jsonb_build_object('org_id', coalesce(
  (select org_id from public.calls where calls.user_id = users.id limit 1),
  'a0000000-0000-0000-0000-000000000001'
));
