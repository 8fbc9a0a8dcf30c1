-- Field service, its core: areas, what can be booked, who goes there, with what, and what they are told.

create type public.resource_kind as enum ('person', 'vehicle', 'room');
create type public.equipment_condition as enum ('new', 'good', 'worn', 'broken');
create type public.request_status as enum ('submitted', 'triaged', 'scheduled', 'completed', 'declined');
create type public.booking_status as enum ('tentative', 'confirmed', 'in_progress', 'completed', 'cancelled', 'no_show');

-- Areas that are served, and when.
create table public.service_territories (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  postal_codes text[] not null default '{}',
  base_travel_minutes integer not null default 20 check (base_travel_minutes >= 0),
  color text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint service_territories_org_id_id_key unique (org_id, id),
  unique (org_id, name)
);
create trigger update_service_territories_updated_at
  before update on public.service_territories
  for each row execute function public.update_updated_at_column();
alter table public.service_territories enable row level security;
create policy service_territories_own_select on public.service_territories
  for select to authenticated
  using (auth.uid() = org_id);
create policy service_territories_own_insert on public.service_territories
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy service_territories_own_update on public.service_territories
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy service_territories_own_delete on public.service_territories
  for delete to authenticated
  using (auth.uid() = org_id);

-- What can be booked.
create table public.service_types (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  duration interval not null default '1 hour',
  price_cents bigint not null default 0 check (price_cents >= 0),
  required_skills text[] not null default '{}',
  is_bookable_online boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint service_types_org_id_id_key unique (org_id, id),
  unique (org_id, name)
);
create trigger update_service_types_updated_at
  before update on public.service_types
  for each row execute function public.update_updated_at_column();
alter table public.service_types enable row level security;
create policy service_types_own_select on public.service_types
  for select to authenticated
  using (auth.uid() = org_id);
create policy service_types_own_insert on public.service_types
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy service_types_own_update on public.service_types
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy service_types_own_delete on public.service_types
  for delete to authenticated
  using (auth.uid() = org_id);

-- Technicians, vehicles and rooms that can be booked.
create table public.bookable_resources (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  territory_id uuid,
  production_resource_id uuid,
  name text not null,
  kind public.resource_kind not null default 'person',
  timezone text not null default 'America/Los_Angeles',
  working_hours jsonb not null default '{"mon": ["08:00", "17:00"]}',
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint bookable_resources_org_id_id_key unique (org_id, id),
  constraint bookable_resources_org_id_territory_id_fkey
    foreign key (org_id, territory_id) references public.service_territories (org_id, id) on delete set null (territory_id),
  constraint bookable_resources_org_id_production_resource_id_fkey
    foreign key (org_id, production_resource_id) references public.production_resources (org_id, id)
    on delete set null (production_resource_id)
);
create index idx_bookable_resources_org_id on public.bookable_resources (org_id);
create index idx_bookable_resources_territory_id on public.bookable_resources (territory_id);
create index idx_bookable_resources_production_resource_id on public.bookable_resources (production_resource_id);
create trigger update_bookable_resources_updated_at
  before update on public.bookable_resources
  for each row execute function public.update_updated_at_column();
alter table public.bookable_resources enable row level security;
create policy bookable_resources_own_select on public.bookable_resources
  for select to authenticated
  using (auth.uid() = org_id);
create policy bookable_resources_own_insert on public.bookable_resources
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy bookable_resources_own_update on public.bookable_resources
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy bookable_resources_own_delete on public.bookable_resources
  for delete to authenticated
  using (auth.uid() = org_id);

-- Things that technicians carry.
create table public.equipment (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  serial_number text not null,
  condition public.equipment_condition not null default 'good',
  purchased_on date,
  purchase_price_cents bigint check (purchase_price_cents >= 0),
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint equipment_org_id_id_key unique (org_id, id),
  unique (org_id, serial_number)
);
create trigger update_equipment_updated_at
  before update on public.equipment
  for each row execute function public.update_updated_at_column();
alter table public.equipment enable row level security;
create policy equipment_own_select on public.equipment
  for select to authenticated
  using (auth.uid() = org_id);
create policy equipment_own_insert on public.equipment
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy equipment_own_update on public.equipment
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy equipment_own_delete on public.equipment
  for delete to authenticated
  using (auth.uid() = org_id);

-- Visits that clients ask for.
create table public.field_service_requests (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  client_id uuid,
  property_id uuid,
  order_id uuid,
  request_number text not null,
  description text not null,
  urgency public.priority_level not null default 'normal',
  status public.request_status not null default 'submitted',
  preferred_window tstzrange,
  access_notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint field_service_requests_org_id_id_key unique (org_id, id),
  unique (org_id, request_number),
  constraint field_service_requests_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete set null (client_id),
  constraint field_service_requests_org_id_property_id_fkey
    foreign key (org_id, property_id) references public.properties (org_id, id) on delete set null (property_id),
  constraint field_service_requests_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete set null (order_id)
);
create index idx_field_service_requests_client_id on public.field_service_requests (client_id);
create index idx_field_service_requests_property_id on public.field_service_requests (property_id);
create index idx_field_service_requests_order_id on public.field_service_requests (order_id);
create trigger update_field_service_requests_updated_at
  before update on public.field_service_requests
  for each row execute function public.update_updated_at_column();
alter table public.field_service_requests enable row level security;
create policy field_service_requests_own_select on public.field_service_requests
  for select to authenticated
  using (auth.uid() = org_id);
create policy field_service_requests_own_insert on public.field_service_requests
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy field_service_requests_own_update on public.field_service_requests
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy field_service_requests_own_delete on public.field_service_requests
  for delete to authenticated
  using (auth.uid() = org_id);

-- A resource, a place and a time.
create table public.bookings (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  request_id uuid,
  resource_id uuid not null,
  service_type_id uuid,
  territory_id uuid,
  status public.booking_status not null default 'tentative',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  during tstzrange generated always as (tstzrange(starts_at, ends_at)) stored,
  confirmation_code text,
  cancelled_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint bookings_org_id_id_key unique (org_id, id),
  constraint bookings_org_id_request_id_fkey
    foreign key (org_id, request_id) references public.field_service_requests (org_id, id) on delete set null (request_id),
  constraint bookings_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade,
  constraint bookings_org_id_service_type_id_fkey
    foreign key (org_id, service_type_id) references public.service_types (org_id, id) on delete set null (service_type_id),
  constraint bookings_org_id_territory_id_fkey
    foreign key (org_id, territory_id) references public.service_territories (org_id, id) on delete set null (territory_id),
  check (ends_at > starts_at),
  check (status <> 'cancelled' or cancelled_reason is not null)
);
create index idx_bookings_org_id on public.bookings (org_id);
create index idx_bookings_request_id on public.bookings (request_id);
create index idx_bookings_resource_id on public.bookings (resource_id);
create index idx_bookings_service_type_id on public.bookings (service_type_id);
create index idx_bookings_territory_id on public.bookings (territory_id);
create index idx_bookings_org_id_starts_at on public.bookings (org_id, starts_at);
create index idx_bookings_during on public.bookings using gist (during);
create trigger update_bookings_updated_at
  before update on public.bookings
  for each row execute function public.update_updated_at_column();
alter table public.bookings enable row level security;
create policy bookings_own_select on public.bookings
  for select to authenticated
  using (auth.uid() = org_id);
create policy bookings_own_insert on public.bookings
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy bookings_own_update on public.bookings
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy bookings_own_delete on public.bookings
  for delete to authenticated
  using (auth.uid() = org_id);

-- What technicians and clients are told of a booking.
create table public.field_notifications (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  booking_id uuid,
  channel public.message_channel not null default 'sms',
  recipient text not null,
  body text not null,
  status public.delivery_status not null default 'queued',
  sent_at timestamptz,
  read_at timestamptz,
  created_at timestamptz not null default now(),
  constraint field_notifications_org_id_booking_id_fkey
    foreign key (org_id, booking_id) references public.bookings (org_id, id) on delete cascade
);
create index idx_field_notifications_org_id on public.field_notifications (org_id);
create index idx_field_notifications_booking_id on public.field_notifications (booking_id);
alter table public.field_notifications enable row level security;
create policy field_notifications_own_select on public.field_notifications
  for select to authenticated
  using (auth.uid() = org_id);
create policy field_notifications_own_insert on public.field_notifications
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy field_notifications_own_update on public.field_notifications
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
