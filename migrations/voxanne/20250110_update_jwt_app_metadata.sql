-- Phase 5 of the backfill: every user without an organization in its app_metadata belongs to the default one. Tokens carry it from the next login on.

update auth.users
set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"org_id": "a0000000-0000-0000-0000-000000000001"}',
    updated_at = now()
where raw_app_meta_data ->> 'org_id' is null;
