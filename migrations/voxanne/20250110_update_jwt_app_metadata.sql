-- Phase 5 of the backfill: every user whose app_metadata names no existing organization belongs to the default one.
-- Tokens carry it from the next login on.

update auth.users
set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"org_id": "a0000000-0000-0000-0000-000000000001"}',
    updated_at = now()
where not exists (
  select from public.organizations where organizations.id::text = lower(users.raw_app_meta_data ->> 'org_id')
);
