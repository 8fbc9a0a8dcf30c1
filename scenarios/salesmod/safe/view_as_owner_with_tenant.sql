-- A view that runs as its owner and names the caller's tenant itself.
-- system: salesmod
-- class: 44
-- expect: clean

drop view public.client_revenue;
create view public.client_revenue as
  select clients.id, clients.tenant_id, clients.name, count(invoices.id) as invoices
  from public.clients
  left join public.invoices on invoices.tenant_id = clients.tenant_id and invoices.client_id = clients.id
  where clients.tenant_id = (select public.current_tenant_id())
  group by clients.id;
revoke all on public.client_revenue from anon, authenticated;
grant select on public.client_revenue to authenticated;
