-- The function that marks a task done runs as its owner and asks for nothing but the id.
-- system: salesmod
-- class: 51
-- expect: leak call-definer on public.complete_production_task at complete_production_task

alter function public.complete_production_task(uuid) security definer;
