-- The way back from the protection of partitions opens each of them again.
-- system: workspace
-- through: 20260303090000_protect_partitions
-- expect: leak read-partition on public.campaign_metrics_default at row-level security
-- expect: leak read-partition on public.channel_outbox_default at row-level security
-- expect: leak read-partition on public.kernel_events_default at row-level security

do $$
declare
  part regclass;
begin
  for part in
    select inhrelid::regclass
    from pg_inherits
    where inhparent in ('public.kernel_events'::regclass, 'public.channel_outbox'::regclass, 'public.campaign_metrics'::regclass)
    order by 1
  loop
    execute format('alter table %s disable row level security', part);
    execute format('grant select, insert, update, delete on %s to authenticated', part);
  end loop;
end
$$;

create or replace function public.create_partitions(p_from date) returns void
  language plpgsql
  set search_path = ''
as $$
declare
  month date := date_trunc('month', p_from);
  quarter date := date_trunc('quarter', p_from);
begin
  execute format(
    'create table if not exists public.kernel_events_%s partition of public.kernel_events for values from (%L) to (%L)',
    to_char(month, 'YYYY_MM'), month, month + interval '1 month'
  );
  execute format(
    'create table if not exists public.channel_outbox_%s partition of public.channel_outbox for values from (%L) to (%L)',
    to_char(month, 'YYYY_MM'), month, month + interval '1 month'
  );
  execute format(
    'create table if not exists public.campaign_metrics_%s partition of public.campaign_metrics for values from (%L) to (%L)',
    to_char(quarter, 'YYYY_"q"Q'), quarter, quarter + interval '3 months'
  );
end
$$;
drop function public.create_partition(regclass, text, text, date, date);
drop function public.move_rows(regclass, regclass, text, date, date);
drop function public.close_partitions(regclass);
