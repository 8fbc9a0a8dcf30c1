-- The job that makes next month's partitions leaves them to the default privileges.
-- system: workspace
-- class: 59
-- through: 20260324090000_run_active_views_as_caller
-- expect: leak read-partition on public.kernel_events_2026_03 at row-level security
-- note: The last migration closes the default privileges; this is the day before it.

create or replace function public.create_partitions(p_from date) returns void
  language plpgsql
as $$
begin
  execute format(
    'create table if not exists kernel_events_%s partition of kernel_events for values from (%L) to (%L)',
    to_char(p_from, 'YYYY_MM'), date_trunc('month', p_from), date_trunc('month', p_from) + interval '1 month'
  );
end
$$;
select public.create_partitions('2026-03-01');
