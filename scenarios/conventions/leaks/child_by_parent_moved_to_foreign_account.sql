-- An invoice can be moved to another tenant's account: the new parent is not looked at.
-- system: none
-- class: 31
-- expect: leak reassign-row on public.invoices at invoices_update

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'billing_app') then
    create role billing_app login;
  end if;
end
$$;

create table public.tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.accounts (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id),
  holder text not null
);

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  number text not null,
  status text not null default 'draft' check (status in ('draft', 'sent', 'paid')),
  constraint invoices_account_id_number_key unique (account_id, number)
);

create table public.invoice_lines (
  id bigint generated always as identity primary key,
  invoice_id uuid not null references public.invoices (id) on delete cascade,
  description text not null,
  amount_cents integer not null
);

alter table public.tenants enable row level security;
alter table public.accounts enable row level security;
alter table public.invoices enable row level security;
alter table public.invoice_lines enable row level security;

create policy tenants_own on public.tenants
  for select to billing_app
  using (id = nullif(current_setting('app.tenant', true), '')::uuid);

create policy accounts_own on public.accounts
  for all to billing_app
  using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

create policy invoices_select on public.invoices
  for select to billing_app
  using (exists (select from public.accounts where accounts.id = invoices.account_id));
create policy invoices_insert on public.invoices
  for insert to billing_app
  with check (exists (select from public.accounts where accounts.id = invoices.account_id));
create policy invoices_update on public.invoices
  for update to billing_app
  using (exists (select from public.accounts where accounts.id = invoices.account_id))
  with check (status in ('draft', 'sent', 'paid'));

create policy invoice_lines_all on public.invoice_lines
  for all to billing_app
  using (exists (select from public.invoices where invoices.id = invoice_lines.invoice_id))
  with check (exists (select from public.invoices where invoices.id = invoice_lines.invoice_id));

grant select on public.tenants to billing_app;
grant select, insert, update, delete on public.accounts, public.invoice_lines to billing_app;
grant select, insert, update on public.invoices to billing_app;
