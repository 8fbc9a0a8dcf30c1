-- A report function runs whatever SQL it is given: set_config makes the caller anybody, or the service role.
-- system: voxanne
-- class: 57, 58
-- expect: leak call-definer on public.run_report at run_report

create function public.run_report(query text) returns jsonb
  language plpgsql security invoker
  set search_path = public
as $$
declare
  result jsonb;
begin
  execute query into result;
  return result;
end
$$;

grant execute on function public.run_report(text) to authenticated;
