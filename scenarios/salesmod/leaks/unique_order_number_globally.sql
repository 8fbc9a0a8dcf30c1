-- Order numbers are unique for all tenants together: a refused number tells that somebody has it.
-- system: salesmod
-- class: 71
-- expect: leak unique-key on public.orders at orders_order_number_key

alter table public.orders add constraint orders_order_number_key unique (order_number);
