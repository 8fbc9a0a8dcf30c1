-- The views ran as their owner and named the user themselves; now they run as the caller, and the policies decide.

drop view public.order_pipeline;
create view public.order_pipeline with (security_invoker = true) as
  select
    orders.id, orders.tenant_id, orders.order_number, orders.status, orders.priority, orders.due_on, orders.net_fee_cents,
    clients.name as client_name, properties.full_address
  from public.orders
  left join public.clients on clients.id = orders.client_id
  left join public.properties on properties.id = orders.property_id
  where orders.deleted_at is null;

drop view public.production_overview;
create view public.production_overview with (security_invoker = true) as
  select
    production_cards.id, production_cards.tenant_id, production_cards.stage, production_cards.progress,
    orders.order_number, orders.due_on, count(production_tasks.id) as tasks,
    count(production_tasks.id) filter (where production_tasks.status = 'done') as tasks_done
  from public.production_cards
  join public.orders on orders.id = production_cards.order_id
  left join public.production_tasks on production_tasks.card_id = production_cards.id
  group by production_cards.id, orders.id;

drop view public.client_revenue;
create view public.client_revenue with (security_invoker = true) as
  select
    clients.id, clients.tenant_id, clients.name, count(invoices.id) as invoices,
    coalesce(sum(invoices.total_cents), 0) as total_cents
  from public.clients
  left join public.invoices on invoices.client_id = clients.id
  where clients.deleted_at is null
  group by clients.id;
