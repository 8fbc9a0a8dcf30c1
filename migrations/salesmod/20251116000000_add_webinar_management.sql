-- Webinars and their registrations. Every policy is `true`, and the registrations have no org_id.

create type public.webinar_status as enum ('draft', 'scheduled', 'live', 'ended', 'cancelled');
create type public.registration_status as enum ('registered', 'waitlisted', 'cancelled', 'attended', 'no_show');

-- Talks that are held online.
create table public.webinars (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  marketing_campaign_id uuid,
  title text not null,
  description text,
  status public.webinar_status not null default 'draft',
  starts_at timestamptz not null,
  duration interval not null default '1 hour',
  capacity integer check (capacity > 0),
  join_url text,
  recording_url text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webinars_org_id_id_key unique (org_id, id),
  constraint webinars_org_id_marketing_campaign_id_fkey
    foreign key (org_id, marketing_campaign_id) references public.marketing_campaigns (org_id, id)
    on delete set null (marketing_campaign_id)
);
create index idx_webinars_org_id on public.webinars (org_id);
create index idx_webinars_marketing_campaign_id on public.webinars (marketing_campaign_id);
create trigger update_webinars_updated_at
  before update on public.webinars
  for each row execute function public.update_updated_at_column();
alter table public.webinars enable row level security;
create policy webinars_select on public.webinars for select using (true);
create policy webinars_insert on public.webinars for insert with check (true);
create policy webinars_update on public.webinars for update using (true) with check (true);
create policy webinars_delete on public.webinars for delete using (true);

-- Who registered, and who came.
create table public.webinar_registrations (
  id uuid primary key default gen_random_uuid(),
  webinar_id uuid not null,
  contact_id uuid,
  email text not null,
  full_name text,
  status public.registration_status not null default 'registered',
  attended_minutes integer check (attended_minutes >= 0),
  answers jsonb not null default '{}',
  joined_at timestamptz,
  created_at timestamptz not null default now(),
  foreign key (webinar_id) references public.webinars (id) on delete cascade,
  foreign key (contact_id) references public.contacts (id) on delete set null
);
create index idx_webinar_registrations_webinar_id on public.webinar_registrations (webinar_id);
create index idx_webinar_registrations_contact_id on public.webinar_registrations (contact_id);
alter table public.webinar_registrations enable row level security;
create policy webinar_registrations_select on public.webinar_registrations for select using (true);
create policy webinar_registrations_insert on public.webinar_registrations for insert with check (true);
create policy webinar_registrations_update on public.webinar_registrations for update using (true) with check (true);
create policy webinar_registrations_delete on public.webinar_registrations for delete using (true);
