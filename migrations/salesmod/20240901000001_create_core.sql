-- Core: clients, properties, contacts and orders, and what hangs on an order. Every row belongs to a user, its org_id.

create type public.property_type as enum ('single_family', 'condo', 'multi_family', 'land', 'commercial');
create type public.lead_source as enum ('manual', 'import', 'website', 'referral', 'gmail');
create type public.order_status as enum ('new', 'assigned', 'scheduled', 'inspected', 'in_review', 'delivered', 'on_hold', 'cancelled');
create type public.priority_level as enum ('low', 'normal', 'high', 'rush');
create type public.party_role as enum ('borrower', 'co_borrower', 'listing_agent', 'buyer_agent', 'occupant', 'loan_officer');
create type public.delivery_status as enum ('queued', 'sent', 'delivered', 'failed');

-- People and firms that order appraisals.
create table public.clients (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  client_type text not null default 'lender' check (client_type in ('lender', 'amc', 'attorney', 'private', 'government')),
  email text,
  phone text,
  billing_address jsonb not null default '{}' check (jsonb_typeof(billing_address) = 'object'),
  tags text[] not null default '{}',
  preferred_turnaround_days smallint check (preferred_turnaround_days between 1 and 90),
  is_active boolean not null default true,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint clients_org_id_id_key unique (org_id, id)
);
create index idx_clients_org_id on public.clients (org_id);
create index idx_clients_org_id_name on public.clients (org_id, name) where (deleted_at is null);
create index idx_clients_tags on public.clients using gin (tags);
create trigger update_clients_updated_at
  before update on public.clients
  for each row execute function public.update_updated_at_column();
alter table public.clients enable row level security;
create policy clients_own_select on public.clients
  for select to authenticated
  using (auth.uid() = org_id);
create policy clients_own_insert on public.clients
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy clients_own_update on public.clients
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy clients_own_delete on public.clients
  for delete to authenticated
  using (auth.uid() = org_id);

-- What is appraised.
create table public.properties (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  address_line text not null,
  city text not null,
  state char(2) not null default 'CA',
  postal_code text not null,
  parcel_number text,
  property_type public.property_type not null default 'single_family',
  year_built smallint check (year_built between 1600 and 2100),
  living_area_sqft integer check (living_area_sqft > 0),
  latitude numeric(9, 6) check (latitude between -90 and 90),
  longitude numeric(9, 6) check (longitude between -180 and 180),
  attributes jsonb not null default '{}',
  full_address text generated always as (address_line || ', ' || city) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint properties_org_id_id_key unique (org_id, id),
  unique (org_id, parcel_number)
);
create trigger update_properties_updated_at
  before update on public.properties
  for each row execute function public.update_updated_at_column();
alter table public.properties enable row level security;
create policy properties_own_select on public.properties
  for select to authenticated
  using (auth.uid() = org_id);
create policy properties_own_insert on public.properties
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy properties_own_update on public.properties
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy properties_own_delete on public.properties
  for delete to authenticated
  using (auth.uid() = org_id);

-- Units of a property with several.
create table public.property_units (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  property_id uuid not null,
  unit_identifier text not null,
  bedrooms smallint check (bedrooms >= 0),
  bathrooms numeric(3, 1) check (bathrooms >= 0),
  monthly_rent_cents bigint check (monthly_rent_cents >= 0),
  is_occupied boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, property_id, unit_identifier),
  constraint property_units_org_id_property_id_fkey
    foreign key (org_id, property_id) references public.properties (org_id, id) on delete cascade
);
create index idx_property_units_property_id on public.property_units (property_id);
create trigger update_property_units_updated_at
  before update on public.property_units
  for each row execute function public.update_updated_at_column();
alter table public.property_units enable row level security;
create policy property_units_own_select on public.property_units
  for select to authenticated
  using (auth.uid() = org_id);
create policy property_units_own_insert on public.property_units
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy property_units_own_update on public.property_units
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy property_units_own_delete on public.property_units
  for delete to authenticated
  using (auth.uid() = org_id);

-- People at the clients, and at the properties.
create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  client_id uuid,
  first_name text,
  last_name text,
  full_name text generated always as (coalesce(first_name, '') || ' ' || coalesce(last_name, '')) stored,
  email text,
  phone text,
  job_title text,
  source public.lead_source not null default 'manual',
  lead_score smallint not null default 0 check (lead_score between 0 and 100),
  custom_fields jsonb not null default '{}',
  email_opt_out boolean not null default false,
  last_contacted_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint contacts_org_id_id_key unique (org_id, id),
  constraint contacts_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete set null (client_id)
);
create index idx_contacts_org_id on public.contacts (org_id);
create index idx_contacts_client_id on public.contacts (client_id);
create index idx_contacts_org_id_email on public.contacts (org_id, email) where (email is not null);
create index idx_contacts_custom_fields on public.contacts using gin (custom_fields);
create trigger update_contacts_updated_at
  before update on public.contacts
  for each row execute function public.update_updated_at_column();
alter table public.contacts enable row level security;
create policy contacts_own_select on public.contacts
  for select to authenticated
  using (auth.uid() = org_id);
create policy contacts_own_insert on public.contacts
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy contacts_own_update on public.contacts
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy contacts_own_delete on public.contacts
  for delete to authenticated
  using (auth.uid() = org_id);

-- One appraisal, from the order to the delivered report.
create table public.orders (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  order_number text not null,
  client_id uuid,
  property_id uuid,
  borrower_contact_id uuid,
  form_type text references public.appraisal_form_types (code),
  status public.order_status not null default 'new',
  priority public.priority_level not null default 'normal',
  fee_cents bigint not null default 0 check (fee_cents >= 0),
  tech_fee_cents bigint not null default 0 check (tech_fee_cents >= 0),
  net_fee_cents bigint generated always as (fee_cents - tech_fee_cents) stored,
  ordered_on date not null default current_date,
  due_on date,
  delivered_at timestamptz,
  special_instructions text,
  workflow jsonb not null default '{}',
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint orders_org_id_id_key unique (org_id, id),
  unique (org_id, order_number),
  constraint orders_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete set null (client_id),
  constraint orders_org_id_property_id_fkey
    foreign key (org_id, property_id) references public.properties (org_id, id) on delete set null (property_id),
  constraint orders_org_id_borrower_contact_id_fkey
    foreign key (org_id, borrower_contact_id) references public.contacts (org_id, id) on delete set null (borrower_contact_id),
  check (due_on is null or due_on >= ordered_on)
);
create index idx_orders_client_id on public.orders (client_id);
create index idx_orders_property_id on public.orders (property_id);
create index idx_orders_borrower_contact_id on public.orders (borrower_contact_id);
create index idx_orders_org_id_status_due_on on public.orders (org_id, status, due_on) where (deleted_at is null);
create trigger update_orders_updated_at
  before update on public.orders
  for each row execute function public.update_updated_at_column();
alter table public.orders enable row level security;
create policy orders_own_select on public.orders
  for select to authenticated
  using (auth.uid() = org_id);
create policy orders_own_insert on public.orders
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy orders_own_update on public.orders
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy orders_own_delete on public.orders
  for delete to authenticated
  using (auth.uid() = org_id);

-- Who is what in an order: borrower, agent, occupant.
create table public.party_roles (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  order_id uuid not null,
  contact_id uuid not null,
  role public.party_role not null,
  is_primary boolean not null default false,
  notes text,
  created_at timestamptz not null default now(),
  unique (org_id, order_id, contact_id, role),
  constraint party_roles_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade,
  constraint party_roles_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index idx_party_roles_order_id on public.party_roles (order_id);
create index idx_party_roles_contact_id on public.party_roles (contact_id);
alter table public.party_roles enable row level security;
create policy party_roles_own on public.party_roles
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- What the checks of an order's data found.
create table public.validation_logs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  order_id uuid not null,
  rule_code text not null,
  severity text not null default 'warning' check (severity in ('info', 'warning', 'error')),
  passed boolean not null,
  details jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint validation_logs_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade
);
create index idx_validation_logs_org_id on public.validation_logs (org_id);
create index idx_validation_logs_order_id on public.validation_logs (order_id);
create index idx_validation_logs_org_id_created_at on public.validation_logs (org_id, created_at desc);
alter table public.validation_logs enable row level security;
create policy validation_logs_own_select on public.validation_logs
  for select to authenticated
  using (auth.uid() = org_id);
create policy validation_logs_own_insert on public.validation_logs
  for insert to authenticated
  with check (auth.uid() = org_id);

-- Mails that the product sends of its own accord.
create table public.email_notifications (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  order_id uuid,
  contact_id uuid,
  template_key text not null,
  recipient text not null,
  subject text not null,
  status public.delivery_status not null default 'queued',
  attempts smallint not null default 0 check (attempts between 0 and 10),
  error text,
  scheduled_for timestamptz,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  constraint email_notifications_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade,
  constraint email_notifications_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id)
);
create index idx_email_notifications_org_id on public.email_notifications (org_id);
create index idx_email_notifications_order_id on public.email_notifications (order_id);
create index idx_email_notifications_contact_id on public.email_notifications (contact_id);
create index idx_email_notifications_org_id_queued on public.email_notifications (org_id, scheduled_for) where (status = 'queued');
alter table public.email_notifications enable row level security;
create policy email_notifications_own_select on public.email_notifications
  for select to authenticated
  using (auth.uid() = org_id);
create policy email_notifications_own_insert on public.email_notifications
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy email_notifications_own_update on public.email_notifications
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy email_notifications_own_delete on public.email_notifications
  for delete to authenticated
  using (auth.uid() = org_id);

-- Numbers an order that came without a number, counting within its owner.
create function public.assign_order_number() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if new.order_number is null or new.order_number = '' then
    new.order_number := 'A-' || to_char(now(), 'YYYY') || '-' || substr(new.id::text, 1, 8);
  end if;
  return new;
end
$$;
create trigger assign_orders_number
  before insert on public.orders
  for each row execute function public.assign_order_number();

-- Orders with what a list shows. The view runs as its owner, so it names the user itself.
create view public.order_pipeline as
  select
    orders.id, orders.org_id, orders.order_number, orders.status, orders.priority, orders.due_on, orders.net_fee_cents,
    clients.name as client_name, properties.full_address
  from public.orders
  left join public.clients on clients.org_id = orders.org_id and clients.id = orders.client_id
  left join public.properties on properties.org_id = orders.org_id and properties.id = orders.property_id
  where orders.deleted_at is null and orders.org_id = auth.uid();

-- Contacts by a part of their name or address, as far as the caller may see them.
create function public.search_contacts(p_query text) returns setof public.contacts
  language sql stable
  set search_path = ''
as $$
  select *
  from public.contacts
  where contacts.deleted_at is null
    and (contacts.full_name ilike '%' || p_query || '%' or contacts.email ilike '%' || p_query || '%')
  order by contacts.last_name, contacts.id
$$;
