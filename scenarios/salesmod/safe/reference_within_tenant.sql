-- A new column refers to a client of the same tenant.
-- system: salesmod
-- class: 68
-- expect: clean

alter table public.invoices add column billed_client_id uuid;
alter table public.invoices add constraint invoices_tenant_id_billed_client_id_fkey
  foreign key (tenant_id, billed_client_id) references public.clients (tenant_id, id) on delete set null (billed_client_id);
