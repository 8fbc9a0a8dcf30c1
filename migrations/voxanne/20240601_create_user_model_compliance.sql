-- User model, compliance: consent of the people who are called, and the record of what was done about it.

create type public.consent_type as enum ('call', 'sms', 'email', 'recording');

-- Consent given or withdrawn.
create table public.consent_records (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  lead_id uuid references public.leads (id) on delete cascade,
  phone text,
  consent public.consent_type not null,
  granted boolean not null default true,
  method text not null default 'verbal' check (method in ('verbal', 'web_form', 'sms', 'paper')),
  evidence jsonb not null default '{}',
  granted_at timestamptz not null default now(),
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  check (revoked_at is null or revoked_at >= granted_at)
);
create index idx_consent_records_user_id on public.consent_records (user_id);
create index idx_consent_records_lead_id on public.consent_records (lead_id);
alter table public.consent_records enable row level security;
create policy consent_records_own on public.consent_records
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- What was done under which regulation; user_id is kept when the user is gone.
create table public.compliance_audit_logs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  consent_record_id uuid references public.consent_records (id) on delete set null,
  action text not null,
  regulation text not null check (regulation in ('HIPAA', 'TCPA', 'GDPR')),
  severity smallint not null default 1 check (severity between 1 and 5),
  details jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index idx_compliance_audit_logs_user_id_created_at on public.compliance_audit_logs (user_id, created_at desc);
create index idx_compliance_audit_logs_consent_record_id on public.compliance_audit_logs (consent_record_id);
alter table public.compliance_audit_logs enable row level security;
create policy compliance_audit_logs_own_select on public.compliance_audit_logs
  for select to authenticated
  using (user_id = auth.uid());
create policy compliance_audit_logs_own_insert on public.compliance_audit_logs
  for insert to authenticated
  with check (user_id = auth.uid());
