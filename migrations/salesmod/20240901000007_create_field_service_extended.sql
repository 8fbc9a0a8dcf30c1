-- Field service, extended: skills, leave, ways, equipment in use, and what was found on site.

create type public.approval_status as enum ('pending', 'approved', 'declined');

-- What a technician can do, and until when the certificate holds.
create table public.technician_skills (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  resource_id uuid not null,
  skill text not null,
  level smallint not null default 1 check (level between 1 and 5),
  certified_until date,
  created_at timestamptz not null default now(),
  unique (org_id, resource_id, skill),
  constraint technician_skills_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade
);
create index idx_technician_skills_resource_id on public.technician_skills (resource_id);
alter table public.technician_skills enable row level security;
create policy technician_skills_own on public.technician_skills
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- When a technician can be booked.
create table public.technician_availability (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  resource_id uuid not null,
  weekday smallint not null check (weekday between 0 and 6),
  opens time not null,
  closes time not null,
  created_at timestamptz not null default now(),
  unique (org_id, resource_id, weekday, opens),
  constraint technician_availability_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade,
  check (closes > opens)
);
create index idx_technician_availability_resource_id on public.technician_availability (resource_id);
alter table public.technician_availability enable row level security;
create policy technician_availability_own on public.technician_availability
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Leave of a technician.
create table public.time_off_requests (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  resource_id uuid not null,
  off_during daterange not null,
  reason text,
  status public.approval_status not null default 'pending',
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint time_off_requests_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade
);
create index idx_time_off_requests_org_id on public.time_off_requests (org_id);
create index idx_time_off_requests_resource_id on public.time_off_requests (resource_id);
create trigger update_time_off_requests_updated_at
  before update on public.time_off_requests
  for each row execute function public.update_updated_at_column();
alter table public.time_off_requests enable row level security;
create policy time_off_requests_own_select on public.time_off_requests
  for select to authenticated
  using (auth.uid() = org_id);
create policy time_off_requests_own_insert on public.time_off_requests
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy time_off_requests_own_update on public.time_off_requests
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy time_off_requests_own_delete on public.time_off_requests
  for delete to authenticated
  using (auth.uid() = org_id);

-- Ways between bookings.
create table public.travel_logs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  booking_id uuid,
  resource_id uuid not null,
  miles numeric(8, 2) not null check (miles >= 0),
  reimbursement_cents bigint generated always as (round(miles * 67)::bigint) stored,
  departed_at timestamptz not null,
  arrived_at timestamptz,
  created_at timestamptz not null default now(),
  constraint travel_logs_org_id_booking_id_fkey
    foreign key (org_id, booking_id) references public.bookings (org_id, id) on delete set null (booking_id),
  constraint travel_logs_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade
);
create index idx_travel_logs_org_id on public.travel_logs (org_id);
create index idx_travel_logs_booking_id on public.travel_logs (booking_id);
create index idx_travel_logs_resource_id on public.travel_logs (resource_id);
alter table public.travel_logs enable row level security;
create policy travel_logs_own on public.travel_logs
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Where a technician was.
create table public.gps_locations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  resource_id uuid not null,
  latitude numeric(9, 6) not null check (latitude between -90 and 90),
  longitude numeric(9, 6) not null check (longitude between -180 and 180),
  accuracy_meters real,
  recorded_at timestamptz not null default now(),
  constraint gps_locations_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade
);
create index idx_gps_locations_org_id on public.gps_locations (org_id);
create index idx_gps_locations_resource_id on public.gps_locations (resource_id);
create index idx_gps_locations_resource_id_recorded_at on public.gps_locations (resource_id, recorded_at desc);
alter table public.gps_locations enable row level security;
create policy gps_locations_own_select on public.gps_locations
  for select to authenticated
  using (auth.uid() = org_id);
create policy gps_locations_own_insert on public.gps_locations
  for insert to authenticated
  with check (auth.uid() = org_id);

-- Who has what.
create table public.equipment_assignments (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  equipment_id uuid not null,
  resource_id uuid not null,
  assigned_at timestamptz not null default now(),
  returned_at timestamptz,
  created_at timestamptz not null default now(),
  constraint equipment_assignments_org_id_equipment_id_fkey
    foreign key (org_id, equipment_id) references public.equipment (org_id, id) on delete cascade,
  constraint equipment_assignments_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade,
  check (returned_at is null or returned_at >= assigned_at)
);
create index idx_equipment_assignments_org_id on public.equipment_assignments (org_id);
create index idx_equipment_assignments_equipment_id on public.equipment_assignments (equipment_id);
create index idx_equipment_assignments_resource_id on public.equipment_assignments (resource_id);
alter table public.equipment_assignments enable row level security;
create policy equipment_assignments_own on public.equipment_assignments
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Repairs and calibrations.
create table public.equipment_maintenance (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  equipment_id uuid not null,
  kind text not null check (kind in ('calibration', 'repair', 'inspection')),
  performed_on date not null,
  cost_cents bigint not null default 0 check (cost_cents >= 0),
  vendor text,
  next_due_on date,
  created_at timestamptz not null default now(),
  constraint equipment_maintenance_org_id_equipment_id_fkey
    foreign key (org_id, equipment_id) references public.equipment (org_id, id) on delete cascade
);
create index idx_equipment_maintenance_org_id on public.equipment_maintenance (org_id);
create index idx_equipment_maintenance_equipment_id on public.equipment_maintenance (equipment_id);
alter table public.equipment_maintenance enable row level security;
create policy equipment_maintenance_own on public.equipment_maintenance
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- What is to be looked at on site.
create table public.booking_checklists (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  booking_id uuid not null,
  title text not null,
  items jsonb not null default '[]' check (jsonb_typeof(items) = 'array'),
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint booking_checklists_org_id_booking_id_fkey
    foreign key (org_id, booking_id) references public.bookings (org_id, id) on delete cascade
);
create index idx_booking_checklists_org_id on public.booking_checklists (org_id);
create index idx_booking_checklists_booking_id on public.booking_checklists (booking_id);
create trigger update_booking_checklists_updated_at
  before update on public.booking_checklists
  for each row execute function public.update_updated_at_column();
alter table public.booking_checklists enable row level security;
create policy booking_checklists_own on public.booking_checklists
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Pictures from the site.
create table public.booking_photos (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  booking_id uuid not null,
  storage_path text not null,
  caption text,
  taken_at timestamptz,
  exif jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint booking_photos_org_id_booking_id_fkey
    foreign key (org_id, booking_id) references public.bookings (org_id, id) on delete cascade
);
create index idx_booking_photos_org_id on public.booking_photos (org_id);
create index idx_booking_photos_booking_id on public.booking_photos (booking_id);
alter table public.booking_photos enable row level security;
create policy booking_photos_own_select on public.booking_photos
  for select to authenticated
  using (auth.uid() = org_id);
create policy booking_photos_own_insert on public.booking_photos
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy booking_photos_own_delete on public.booking_photos
  for delete to authenticated
  using (auth.uid() = org_id);

-- Visits agreed for a period.
create table public.service_contracts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  client_id uuid not null,
  contract_number text not null,
  visits_per_year smallint not null default 1 check (visits_per_year > 0),
  annual_fee_cents bigint not null check (annual_fee_cents >= 0),
  term daterange not null,
  auto_renew boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, contract_number),
  constraint service_contracts_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete cascade
);
create index idx_service_contracts_client_id on public.service_contracts (client_id);
create trigger update_service_contracts_updated_at
  before update on public.service_contracts
  for each row execute function public.update_updated_at_column();
alter table public.service_contracts enable row level security;
create policy service_contracts_own_select on public.service_contracts
  for select to authenticated
  using (auth.uid() = org_id);
create policy service_contracts_own_insert on public.service_contracts
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy service_contracts_own_update on public.service_contracts
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy service_contracts_own_delete on public.service_contracts
  for delete to authenticated
  using (auth.uid() = org_id);

-- What was found on site.
create table public.service_reports (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  booking_id uuid not null,
  summary text not null,
  findings jsonb not null default '{}',
  signed_by text,
  signature bytea,
  submitted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, booking_id),
  constraint service_reports_org_id_booking_id_fkey
    foreign key (org_id, booking_id) references public.bookings (org_id, id) on delete cascade
);
create index idx_service_reports_booking_id on public.service_reports (booking_id);
create trigger update_service_reports_updated_at
  before update on public.service_reports
  for each row execute function public.update_updated_at_column();
alter table public.service_reports enable row level security;
create policy service_reports_own_select on public.service_reports
  for select to authenticated
  using (auth.uid() = org_id);
create policy service_reports_own_insert on public.service_reports
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy service_reports_own_update on public.service_reports
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy service_reports_own_delete on public.service_reports
  for delete to authenticated
  using (auth.uid() = org_id);

-- What clients said of a visit.
create table public.customer_feedback (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  booking_id uuid,
  contact_id uuid,
  rating smallint not null check (rating between 1 and 5),
  comment text,
  is_public boolean not null default false,
  created_at timestamptz not null default now(),
  constraint customer_feedback_org_id_booking_id_fkey
    foreign key (org_id, booking_id) references public.bookings (org_id, id) on delete set null (booking_id),
  constraint customer_feedback_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id)
);
create index idx_customer_feedback_org_id on public.customer_feedback (org_id);
create index idx_customer_feedback_booking_id on public.customer_feedback (booking_id);
create index idx_customer_feedback_contact_id on public.customer_feedback (contact_id);
alter table public.customer_feedback enable row level security;
create policy customer_feedback_own on public.customer_feedback
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- A technician's day on the road.
create table public.route_plans (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  resource_id uuid not null,
  plan_date date not null,
  stops uuid[] not null default '{}',
  total_miles numeric(8, 2) not null default 0,
  optimized_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, resource_id, plan_date),
  constraint route_plans_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.bookable_resources (org_id, id) on delete cascade
);
create index idx_route_plans_resource_id on public.route_plans (resource_id);
create trigger update_route_plans_updated_at
  before update on public.route_plans
  for each row execute function public.update_updated_at_column();
alter table public.route_plans enable row level security;
create policy route_plans_own_select on public.route_plans
  for select to authenticated
  using (auth.uid() = org_id);
create policy route_plans_own_insert on public.route_plans
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy route_plans_own_update on public.route_plans
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy route_plans_own_delete on public.route_plans
  for delete to authenticated
  using (auth.uid() = org_id);
