-- The job closes the partitions that it makes, also while the default privileges are open.
-- system: workspace
-- class: 59
-- through: 20260324090000_run_active_views_as_caller
-- expect: clean

select public.create_partitions('2026-03-01');
