-- Phase 1, step 2: appointments of an organization.
-- As it was deployed: its references name a row by id alone, whoever owns that row.

create type public.appointment_status as enum ('pending', 'confirmed', 'completed', 'cancelled', 'no_show');

create table public.appointments (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  contact_id uuid,
  lead_id uuid,
  call_id uuid,
  service_type text not null check (service_type <> ''),
  scheduled_at timestamptz not null,
  duration_minutes integer not null default 30 check (duration_minutes between 5 and 480),
  status public.appointment_status not null default 'pending',
  practitioner text,
  calendar_event_id text,
  notes text,
  reminder_sent_at timestamptz,
  cancelled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint fk_appointments_org_id foreign key (org_id) references public.organizations (id) on delete cascade,
  constraint chk_appointments_org_id_present check (org_id is not null),
  constraint appointments_contact_id_fkey foreign key (contact_id) references public.contacts (id) on delete set null,
  constraint appointments_lead_id_fkey foreign key (lead_id) references public.leads (id) on delete set null,
  constraint appointments_call_id_fkey foreign key (call_id) references public.calls (id) on delete set null,
  constraint appointments_cancelled_at_status check (cancelled_at is null or status = 'cancelled')
);

create index idx_appointments_org_scheduled on public.appointments (org_id, scheduled_at);
create index idx_appointments_org_status on public.appointments (org_id, status, scheduled_at);
create index idx_appointments_org_created on public.appointments (org_id, created_at desc);
create index idx_appointments_contact on public.appointments (contact_id);
create index idx_appointments_lead on public.appointments (lead_id);
create index idx_appointments_call on public.appointments (call_id);
create index idx_appointments_upcoming on public.appointments (org_id, scheduled_at)
  where status in ('pending', 'confirmed') and reminder_sent_at is null;

create trigger org_id_immutable_appointments
  before update on public.appointments
  for each row execute function public.prevent_org_id_change();

create trigger update_appointments_updated_at
  before update on public.appointments
  for each row execute function public.update_updated_at_column();

alter table public.appointments enable row level security;

create policy appointments_select on public.appointments
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

create policy appointments_insert on public.appointments
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy appointments_update on public.appointments
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy appointments_delete on public.appointments
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
