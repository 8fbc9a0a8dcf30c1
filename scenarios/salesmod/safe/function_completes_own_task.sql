-- The function that marks a task done runs as its owner and asks whose task it is.
-- system: salesmod
-- class: 51
-- expect: clean

create or replace function public.complete_production_task(p_task_id uuid) returns boolean
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update public.production_tasks
  set status = 'done', completed_at = now()
  where production_tasks.id = p_task_id and production_tasks.tenant_id = public.current_tenant_id();
  return found;
end
$$;
