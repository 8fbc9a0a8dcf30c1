-- Order numbers are unique within the tenant, whatever their case.
-- system: salesmod
-- class: 71
-- expect: clean

create unique index orders_tenant_id_lower_order_number_key on public.orders (tenant_id, lower(order_number));
