-- A function that runs as its owner refuses every tenant but the caller's.
-- system: salesmod
-- class: 50
-- expect: clean

create function public.get_tenant_orders(p_tenant_id uuid) returns setof public.orders
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  if p_tenant_id is distinct from public.current_tenant_id() then
    raise exception 'not your tenant' using errcode = 'insufficient_privilege';
  end if;
  return query select * from public.orders where orders.tenant_id = p_tenant_id and orders.deleted_at is null;
end
$$;
grant execute on function public.get_tenant_orders(uuid) to authenticated;
