-- A function that runs as its owner returns the orders of whichever tenant the caller names.
-- system: salesmod
-- class: 50
-- expect: leak call-definer on public.get_tenant_orders at get_tenant_orders

create function public.get_tenant_orders(p_tenant_id uuid) returns setof public.orders
  language sql stable security definer
  set search_path = ''
as $$
  select * from public.orders where orders.tenant_id = p_tenant_id and orders.deleted_at is null
$$;
grant execute on function public.get_tenant_orders(uuid) to authenticated;
