-- Finance: what is sold, bills and their lines.

create type public.invoice_status as enum ('draft', 'sent', 'partial', 'paid', 'void');
create type public.payment_terms as enum ('due_on_receipt', 'net_15', 'net_30', 'net_60');

-- What is sold, and for how much.
create table public.products (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  sku text not null,
  name text not null,
  description text,
  unit_price_cents bigint not null check (unit_price_cents >= 0),
  tax_rate numeric(5, 4) not null default 0 check (tax_rate between 0 and 1),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint products_org_id_id_key unique (org_id, id),
  unique (org_id, sku)
);
create trigger update_products_updated_at
  before update on public.products
  for each row execute function public.update_updated_at_column();
alter table public.products enable row level security;
create policy products_own_select on public.products
  for select to authenticated
  using (auth.uid() = org_id);
create policy products_own_insert on public.products
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy products_own_update on public.products
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy products_own_delete on public.products
  for delete to authenticated
  using (auth.uid() = org_id);

-- Bills to clients.
create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  client_id uuid,
  order_id uuid,
  invoice_number text not null,
  status public.invoice_status not null default 'draft',
  issued_on date not null default current_date,
  due_on date,
  subtotal_cents bigint not null default 0,
  tax_cents bigint not null default 0,
  total_cents bigint generated always as (subtotal_cents + tax_cents) stored,
  paid_at timestamptz,
  payment_terms public.payment_terms not null default 'net_30',
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint invoices_org_id_id_key unique (org_id, id),
  unique (org_id, invoice_number),
  constraint invoices_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete restrict,
  constraint invoices_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete set null (order_id),
  check (due_on is null or due_on >= issued_on)
);
create index idx_invoices_client_id on public.invoices (client_id);
create index idx_invoices_order_id on public.invoices (order_id);
create index idx_invoices_org_id_unpaid on public.invoices (org_id, due_on) where (paid_at is null);
create trigger update_invoices_updated_at
  before update on public.invoices
  for each row execute function public.update_updated_at_column();
alter table public.invoices enable row level security;
create policy invoices_own_select on public.invoices
  for select to authenticated
  using (auth.uid() = org_id);
create policy invoices_own_insert on public.invoices
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy invoices_own_update on public.invoices
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy invoices_own_delete on public.invoices
  for delete to authenticated
  using (auth.uid() = org_id);

-- The lines of a bill.
create table public.invoice_line_items (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  invoice_id uuid not null,
  product_id uuid,
  description text not null,
  quantity numeric(10, 2) not null default 1 check (quantity > 0),
  unit_price_cents bigint not null,
  amount_cents bigint generated always as (round(quantity * unit_price_cents)::bigint) stored,
  position smallint not null default 0,
  created_at timestamptz not null default now(),
  constraint invoice_line_items_org_id_invoice_id_fkey
    foreign key (org_id, invoice_id) references public.invoices (org_id, id) on delete cascade,
  constraint invoice_line_items_org_id_product_id_fkey
    foreign key (org_id, product_id) references public.products (org_id, id) on delete set null (product_id)
);
create index idx_invoice_line_items_org_id on public.invoice_line_items (org_id);
create index idx_invoice_line_items_invoice_id on public.invoice_line_items (invoice_id);
create index idx_invoice_line_items_product_id on public.invoice_line_items (product_id);
alter table public.invoice_line_items enable row level security;
create policy invoice_line_items_own on public.invoice_line_items
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Keeps the subtotal of an invoice the sum of its lines; runs as the owner because lines may be locked for the caller.
create function public.recalculate_invoice() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  line record := coalesce(new, old);
begin
  update public.invoices
  set subtotal_cents = coalesce(
    (
      select sum(lines.amount_cents)
      from public.invoice_line_items as lines
      where lines.org_id = line.org_id and lines.invoice_id = line.invoice_id
    ), 0)
  where invoices.org_id = line.org_id and invoices.id = line.invoice_id;
  return null;
end
$$;
revoke execute on function public.recalculate_invoice() from public, anon, authenticated;
create trigger recalculate_invoice_of_line
  after insert or delete or update of quantity, unit_price_cents, invoice_id on public.invoice_line_items
  for each row execute function public.recalculate_invoice();

-- What each client brought. The view runs as its owner, so it names the user itself.
create view public.client_revenue as
  select
    clients.id, clients.org_id, clients.name, count(invoices.id) as invoices,
    coalesce(sum(invoices.total_cents), 0) as total_cents
  from public.clients
  left join public.invoices on invoices.org_id = clients.org_id and invoices.client_id = clients.id
  where clients.org_id = auth.uid() and clients.deleted_at is null
  group by clients.id;
