-- A report function chooses among its own queries by name and runs none that it is given.
-- system: voxanne
-- class: 57, 58
-- expect: clean

create function public.run_named_report(report text) returns jsonb
  language plpgsql security invoker
  set search_path = public
as $$
declare
  result jsonb;
begin
  if report = 'leads' then
    execute 'select jsonb_agg(t) from public.leads as t' into result;
  elsif report = 'calls' then
    execute 'select jsonb_agg(t) from public.calls as t' into result;
  end if;
  return result;
end
$$;

grant execute on function public.run_named_report(text) to authenticated;
