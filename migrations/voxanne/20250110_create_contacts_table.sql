-- Phase 1, step 1: contacts of an organization, with lead score and status.

-- The user model had a small address book of the same name. It is kept whole as contacts_legacy, readable by its organization,
-- and every row of it becomes a contact with the same id, so no row and no reference to one is lost.
alter table public.contacts rename to contacts_legacy;
alter table public.contacts_legacy rename constraint contacts_pkey to contacts_legacy_pkey;
alter table public.contacts_legacy rename constraint fk_contacts_org_id to fk_contacts_legacy_org_id;
alter table public.contacts_legacy rename constraint chk_contacts_org_id_present to chk_contacts_legacy_org_id_present;
alter index public.idx_contacts_org_id rename to idx_contacts_legacy_org_id;
alter index public.idx_contacts_user_id rename to idx_contacts_legacy_user_id;
alter index public.idx_contacts_lead_id rename to idx_contacts_legacy_lead_id;
alter trigger org_id_immutable_contacts on public.contacts_legacy rename to org_id_immutable_contacts_legacy;
alter trigger update_contacts_updated_at on public.contacts_legacy rename to update_contacts_legacy_updated_at;
drop policy contacts_org on public.contacts_legacy;
create policy contacts_legacy_org_select on public.contacts_legacy
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

create type public.lead_score_type as enum ('hot', 'warm', 'cold');
create type public.lead_status_type as enum ('new', 'contacted', 'qualified', 'booked', 'converted', 'lost');

create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  name text not null check (name <> ''),
  phone text,
  email text,
  service_interests text[] not null default '{}',
  lead_score public.lead_score_type not null default 'cold',
  lead_status public.lead_status_type not null default 'new',
  last_contact_at timestamptz,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint fk_contacts_org_id foreign key (org_id) references public.organizations (id) on delete cascade,
  constraint chk_contacts_org_id_present check (org_id is not null)
);

create index idx_contacts_org_status_updated on public.contacts (org_id, lead_status, updated_at desc);
create index idx_contacts_org_phone on public.contacts (org_id, phone);
create index idx_contacts_org_created on public.contacts (org_id, created_at desc);
create index idx_contacts_service_interests on public.contacts using gin (service_interests);
create index idx_contacts_last_contact on public.contacts (org_id, last_contact_at desc) where last_contact_at is not null;

insert into public.contacts (id, org_id, name, phone, email, service_interests, notes, created_at, updated_at)
select
  id, org_id, coalesce(nullif(full_name, ''), 'Unknown'), phone_number, email, tags,
  nullif(concat_ws(' ', note, '(' || source || ')'), ''), created_at, updated_at
from public.contacts_legacy;

alter table public.cold_call_logs drop constraint cold_call_logs_contact_id_fkey;
alter table public.cold_call_logs add constraint cold_call_logs_contact_id_fkey
  foreign key (contact_id) references public.contacts (id) on delete set null;

create trigger org_id_immutable_contacts
  before update on public.contacts
  for each row execute function public.prevent_org_id_change();

create trigger update_contacts_updated_at
  before update on public.contacts
  for each row execute function public.update_updated_at_column();

alter table public.contacts enable row level security;

create policy contacts_select on public.contacts
  for select to authenticated
  using (org_id = (select public.auth_org_id()));

create policy contacts_insert on public.contacts
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy contacts_update on public.contacts
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy contacts_delete on public.contacts
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
