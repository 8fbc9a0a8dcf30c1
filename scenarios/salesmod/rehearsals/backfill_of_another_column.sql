-- A late correction takes the tenant of the first profile for every goal: the goals of all others move to a stranger.
-- system: salesmod
-- populate: 20251116000002_add_marketing_indexes
-- expect: problem row-moved on public.goals at backfill_of_another_column_migration

-- migration:
alter table public.goals disable trigger user;
update public.goals set tenant_id = (select tenant_id from public.profiles order by id limit 1);
alter table public.goals enable trigger user;
