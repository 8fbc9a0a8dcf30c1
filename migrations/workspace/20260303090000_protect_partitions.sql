-- Mends recommendation 5: a partition that is named directly asks its own policies and its own grants, and not the parent's
-- (PostgreSQL manual, 5.8 Row Security Policies and 5.11 Table Partitioning). Members pass through the parent alone.

-- Closes every partition of a table, those of today and those of the job.
create function public.close_partitions(p_parent regclass) returns void
  language plpgsql
  set search_path = ''
as $$
declare
  part regclass;
begin
  for part in select inhrelid::regclass from pg_catalog.pg_inherits where inhparent = p_parent order by 1 loop
    execute format('alter table %s enable row level security', part);
    execute format('revoke all on %s from public, anon, authenticated', part);
  end loop;
end
$$;
revoke execute on function public.close_partitions(regclass) from public, anon, authenticated;

-- Makes a partition and closes it before anybody can see it; rows of its range that wait in the default partition move into it first,
-- since a default partition that holds such a row refuses the new one.
create function public.create_partition(p_parent regclass, p_key text, p_name text, p_from date, p_to date) returns void
  language plpgsql
  set search_path = ''
as $$
begin
  if to_regclass(format('public.%I', p_name)) is not null then
    return;
  end if;
  execute format('create table public.%I (like %s including all)', p_name, p_parent);
  execute format('alter table public.%I enable row level security', p_name);
  execute format('revoke all on public.%I from public, anon, authenticated', p_name);
  perform public.move_rows(format('%s_default', p_parent)::regclass, format('public.%I', p_name)::regclass, p_key, p_from, p_to);
  execute format('alter table %s attach partition public.%I for values from (%L) to (%L)', p_parent, p_name, p_from, p_to);
end
$$;
revoke execute on function public.create_partition(regclass, text, text, date, date) from public, anon, authenticated;

-- Generated columns are computed anew and therefore not copied.
create function public.move_rows(p_source regclass, p_target regclass, p_key text, p_from date, p_to date) returns void
  language plpgsql
  set search_path = ''
as $$
declare
  columns text;
begin
  select string_agg(quote_ident(attname), ', ' order by attnum) into columns
  from pg_catalog.pg_attribute
  where attrelid = p_target and attnum > 0 and not attisdropped and attgenerated = '';
  execute format(
    'with moved as (delete from %1$s where %2$I >= %3$L and %2$I < %4$L returning %5$s) insert into %6$s (%5$s) select %5$s from moved',
    p_source, p_key, p_from, p_to, columns, p_target
  );
end
$$;
revoke execute on function public.move_rows(regclass, regclass, text, date, date) from public, anon, authenticated;

create or replace function public.create_partitions(p_from date) returns void
  language plpgsql
  set search_path = ''
as $$
declare
  month date := date_trunc('month', p_from);
  quarter date := date_trunc('quarter', p_from);
begin
  perform public.create_partition(
    'public.kernel_events', 'created_at', 'kernel_events_' || to_char(month, 'YYYY_MM'), month, (month + interval '1 month')::date
  );
  perform public.create_partition(
    'public.channel_outbox', 'created_at', 'channel_outbox_' || to_char(month, 'YYYY_MM'), month, (month + interval '1 month')::date
  );
  perform public.create_partition(
    'public.campaign_metrics', 'metric_date', 'campaign_metrics_' || to_char(quarter, 'YYYY_"q"Q'), quarter,
    (quarter + interval '3 months')::date
  );
end
$$;

select public.close_partitions('public.kernel_events');
select public.close_partitions('public.channel_outbox');
select public.close_partitions('public.campaign_metrics');
