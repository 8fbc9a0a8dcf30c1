-- A new column refers to a client by its id alone: an invoice can name another tenant's client.
-- system: salesmod
-- class: 68
-- expect: leak reference-row on public.invoices at invoices_billed_client_id_fkey
-- expect: leak insert-row on public.invoices at public.set_row_ownership
-- note: The second is the same hole seen from a user of no tenant: its row has no owner but the client that it names.

alter table public.invoices add column billed_client_id uuid references public.clients (id) on delete set null;
