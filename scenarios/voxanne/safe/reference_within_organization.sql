-- A new child names its parent together with the organization, so it can only hang on a row of its own.
-- system: voxanne
-- class: 68, 69
-- expect: clean

create table public.appointment_notes (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  appointment_id uuid not null,
  note text not null,
  created_at timestamptz not null default now(),
  constraint appointment_notes_appointment_fkey foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete cascade
);

create trigger org_id_immutable_appointment_notes
  before update on public.appointment_notes
  for each row execute function public.prevent_org_id_change();

alter table public.appointment_notes enable row level security;

create policy appointment_notes_org on public.appointment_notes
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
