-- Phase 1, step 3: notifications of one user inside an organization.
-- As it was deployed: create_notification believes the organization and the user that it is told.

create type public.notification_type as enum (
  'hot_lead', 'new_appointment', 'appointment_reminder', 'appointment_cancelled', 'missed_call', 'voicemail', 'system'
);
create type public.notification_status as enum ('unread', 'read', 'archived', 'expired');
create type public.notification_priority as enum ('low', 'medium', 'high', 'urgent');

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  type public.notification_type not null,
  title text not null check (title <> ''),
  message text not null,
  status public.notification_status not null default 'unread',
  priority public.notification_priority not null default 'medium',
  contact_id uuid,
  appointment_id uuid,
  action_url text,
  channels jsonb not null default '["in_app"]',
  read_at timestamptz,
  expires_at timestamptz not null default now() + interval '30 days',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint fk_notifications_org_id foreign key (org_id) references public.organizations (id) on delete cascade,
  constraint chk_notifications_org_id_present check (org_id is not null),
  constraint notifications_contact_id_fkey foreign key (contact_id) references public.contacts (id) on delete set null,
  constraint notifications_appointment_id_fkey foreign key (appointment_id) references public.appointments (id) on delete set null
);

create index idx_notifications_user_status_created on public.notifications (user_id, status, created_at desc);
create index idx_notifications_org_user on public.notifications (org_id, user_id);
create index idx_notifications_org_created on public.notifications (org_id, created_at desc);
create index idx_notifications_unread on public.notifications (user_id, created_at desc) where status = 'unread';
create index idx_notifications_expires on public.notifications (expires_at) where status in ('unread', 'read');
create index idx_notifications_contact on public.notifications (contact_id) where contact_id is not null;
create index idx_notifications_appointment on public.notifications (appointment_id) where appointment_id is not null;

create trigger org_id_immutable_notifications
  before update on public.notifications
  for each row execute function public.prevent_org_id_change();

create trigger update_notifications_updated_at
  before update on public.notifications
  for each row execute function public.update_updated_at_column();

alter table public.notifications enable row level security;

-- The user's own, inside the organization: colleagues do not see each other's.
create policy notifications_select on public.notifications
  for select to authenticated
  using (org_id = (select public.auth_org_id()) and user_id = (select auth.uid()));

create policy notifications_insert on public.notifications
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()) and user_id = (select auth.uid()));

create policy notifications_update on public.notifications
  for update to authenticated
  using (org_id = (select public.auth_org_id()) and user_id = (select auth.uid()))
  with check (org_id = (select public.auth_org_id()) and user_id = (select auth.uid()));

create policy notifications_delete on public.notifications
  for delete to authenticated
  using (org_id = (select public.auth_org_id()) and user_id = (select auth.uid()));

create function public.create_notification(
  p_org_id uuid,
  p_user_id uuid,
  p_type public.notification_type,
  p_title text,
  p_message text,
  p_contact_id uuid default null,
  p_appointment_id uuid default null,
  p_action_url text default null,
  p_priority public.notification_priority default 'medium',
  p_channels jsonb default '["in_app"]'
) returns uuid
  language plpgsql security definer
as $$
declare
  created uuid;
begin
  insert into notifications (
    org_id, user_id, type, title, message, contact_id, appointment_id, action_url, priority, channels
  )
  values (
    p_org_id, p_user_id, p_type, p_title, p_message, p_contact_id, p_appointment_id, p_action_url, p_priority, p_channels
  )
  returning id into created;
  return created;
end
$$;

create function public.expire_old_notifications() returns integer
  language plpgsql security definer
as $$
declare
  expired integer;
begin
  update notifications
  set status = 'expired'
  where expires_at < now() and status in ('unread', 'read');
  get diagnostics expired = row_count;
  return expired;
end
$$;
