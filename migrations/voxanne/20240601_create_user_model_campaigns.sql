-- User model, campaigns and leads: outreach, call lists, leads and the numbers that must not be called.

create type public.campaign_status as enum ('draft', 'scheduled', 'running', 'paused', 'completed');
create type public.import_status as enum ('queued', 'running', 'done', 'failed');
create type public.lead_status as enum ('new', 'contacted', 'interested', 'booked', 'not_interested', 'unreachable');
create type public.call_outcome as enum ('answered', 'voicemail', 'no_answer', 'busy', 'rejected', 'booked');
create type public.outreach_channel as enum ('call', 'sms', 'email', 'whatsapp');

-- Campaigns to start from, the same for everybody.
create table public.campaign_templates (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  vertical text not null,
  channel public.outreach_channel not null default 'call',
  body text not null,
  is_active boolean not null default true,
  created_at timestamptz not null default now()
);
alter table public.campaign_templates enable row level security;
create policy campaign_templates_read on public.campaign_templates
  for select to authenticated
  using (true);

-- An outreach to a list of people.
create table public.campaigns (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  template_id uuid references public.campaign_templates (id) on delete set null,
  agent_id uuid references public.agents (id) on delete set null,
  name text not null,
  status public.campaign_status not null default 'draft',
  goal text,
  schedule jsonb not null default '{}',
  daily_call_limit integer not null default 100 check (daily_call_limit > 0),
  budget_cents bigint check (budget_cents is null or budget_cents >= 0),
  tags text[] not null default '{}',
  starts_on date,
  ends_on date,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, name),
  check (ends_on is null or ends_on >= starts_on)
);
create index idx_campaigns_agent_id on public.campaigns (agent_id);
create index idx_campaigns_user_id_status_live on public.campaigns (user_id, status) where (deleted_at is null);
create trigger update_campaigns_updated_at
  before update on public.campaigns
  for each row execute function public.update_updated_at_column();
alter table public.campaigns enable row level security;
create policy campaigns_own_select on public.campaigns
  for select to authenticated
  using (user_id = auth.uid());
create policy campaigns_own_insert on public.campaigns
  for insert to authenticated
  with check (user_id = auth.uid());
create policy campaigns_own_update on public.campaigns
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy campaigns_own_delete on public.campaigns
  for delete to authenticated
  using (user_id = auth.uid());

-- Numbers from which a campaign calls.
create table public.campaign_phone_numbers (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  campaign_id uuid not null references public.campaigns (id) on delete cascade,
  phone_number_id uuid not null references public.user_phone_numbers (id) on delete cascade,
  weight smallint not null default 1 check (weight > 0),
  created_at timestamptz not null default now(),
  unique (campaign_id, phone_number_id)
);
create index idx_campaign_phone_numbers_user_id on public.campaign_phone_numbers (user_id);
create index idx_campaign_phone_numbers_phone_number_id on public.campaign_phone_numbers (phone_number_id);
alter table public.campaign_phone_numbers enable row level security;
create policy campaign_phone_numbers_own on public.campaign_phone_numbers
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- A campaign's day in numbers; belongs to the user through its campaign.
create table public.campaign_metrics (
  id uuid primary key default gen_random_uuid(),
  campaign_id uuid not null references public.campaigns (id) on delete cascade,
  metric_date date not null,
  calls_made integer not null default 0 check (calls_made >= 0),
  calls_answered integer not null default 0 check (calls_answered >= 0),
  appointments_booked integer not null default 0,
  answer_rate numeric generated always as (case when calls_made > 0 then calls_answered::numeric / calls_made end) stored,
  created_at timestamptz not null default now(),
  unique (campaign_id, metric_date)
);
alter table public.campaign_metrics enable row level security;
create policy campaign_metrics_own on public.campaign_metrics
  for all to authenticated
  using (
    exists (
      select from public.campaigns as parent where parent.id = campaign_metrics.campaign_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.campaigns as parent where parent.id = campaign_metrics.campaign_id and parent.user_id = auth.uid()
    )
  );

-- Lists of people to call.
create table public.call_lists (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  campaign_id uuid references public.campaigns (id) on delete set null,
  name text not null,
  description text,
  total_contacts integer not null default 0 check (total_contacts >= 0),
  uploaded_file text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_call_lists_user_id on public.call_lists (user_id);
create index idx_call_lists_campaign_id on public.call_lists (campaign_id);
create trigger update_call_lists_updated_at
  before update on public.call_lists
  for each row execute function public.update_updated_at_column();
alter table public.call_lists enable row level security;
create policy call_lists_own on public.call_lists
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Files of leads that were read in.
create table public.imports (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  call_list_id uuid references public.call_lists (id) on delete set null,
  file_name text not null,
  status public.import_status not null default 'queued',
  total_rows integer not null default 0,
  imported_rows integer not null default 0,
  errors jsonb not null default '[]',
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (imported_rows <= total_rows)
);
create index idx_imports_user_id on public.imports (user_id);
create index idx_imports_call_list_id on public.imports (call_list_id);
create trigger update_imports_updated_at
  before update on public.imports
  for each row execute function public.update_updated_at_column();
alter table public.imports enable row level security;
create policy imports_own on public.imports
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- People who may become patients.
create table public.leads (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  call_list_id uuid references public.call_lists (id) on delete set null,
  import_id uuid references public.imports (id) on delete set null,
  first_name text,
  last_name text,
  full_name text generated always as (coalesce(first_name, '') || ' ' || coalesce(last_name, '')) stored,
  phone text not null,
  email text,
  status public.lead_status not null default 'new',
  score smallint not null default 0 check (score between 0 and 100),
  custom_fields jsonb not null default '{}',
  do_not_call boolean not null default false,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, phone)
);
create index idx_leads_call_list_id on public.leads (call_list_id);
create index idx_leads_import_id on public.leads (import_id);
create index idx_leads_user_id_status_live on public.leads (user_id, status) where (deleted_at is null);
create index idx_leads_custom_fields on public.leads using gin (custom_fields);
create trigger update_leads_updated_at
  before update on public.leads
  for each row execute function public.update_updated_at_column();
alter table public.leads enable row level security;
create policy leads_own_select on public.leads
  for select to authenticated
  using (user_id = auth.uid());
create policy leads_own_insert on public.leads
  for insert to authenticated
  with check (user_id = auth.uid());
create policy leads_own_update on public.leads
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy leads_own_delete on public.leads
  for delete to authenticated
  using (user_id = auth.uid());

-- An address book with which the product began.
create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  lead_id uuid references public.leads (id) on delete set null,
  full_name text not null,
  phone_number text,
  email text,
  tags text[] not null default '{}',
  source text,
  note text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_contacts_user_id on public.contacts (user_id);
create index idx_contacts_lead_id on public.contacts (lead_id);
create trigger update_contacts_updated_at
  before update on public.contacts
  for each row execute function public.update_updated_at_column();
alter table public.contacts enable row level security;
create policy contacts_own on public.contacts
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Attempts to reach a lead.
create table public.cold_call_logs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  campaign_id uuid references public.campaigns (id) on delete cascade,
  lead_id uuid not null references public.leads (id) on delete cascade,
  call_id uuid references public.calls (id) on delete set null,
  contact_id uuid references public.contacts (id) on delete set null,
  attempt smallint not null default 1 check (attempt > 0),
  outcome public.call_outcome not null,
  notes text,
  called_at timestamptz not null default now(),
  unique (lead_id, attempt)
);
create index idx_cold_call_logs_user_id_called_at on public.cold_call_logs (user_id, called_at desc);
create index idx_cold_call_logs_campaign_id on public.cold_call_logs (campaign_id);
create index idx_cold_call_logs_call_id on public.cold_call_logs (call_id);
create index idx_cold_call_logs_contact_id on public.cold_call_logs (contact_id);
alter table public.cold_call_logs enable row level security;
create policy cold_call_logs_own on public.cold_call_logs
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Numbers that must not be called.
create table public.dnc_list (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  phone_number text not null,
  source text not null default 'request' check (source in ('request', 'registry', 'complaint', 'import')),
  added_at timestamptz not null default now(),
  expires_at timestamptz,
  unique (user_id, phone_number)
);
alter table public.dnc_list enable row level security;
create policy dnc_list_own on public.dnc_list
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- How many leads came in on a day.
create table public.daily_lead_uploads (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  import_id uuid references public.imports (id) on delete cascade,
  upload_date date not null,
  lead_count integer not null default 0 check (lead_count >= 0),
  created_at timestamptz not null default now(),
  unique (user_id, upload_date)
);
create index idx_daily_lead_uploads_import_id on public.daily_lead_uploads (import_id);
alter table public.daily_lead_uploads enable row level security;
create policy daily_lead_uploads_own on public.daily_lead_uploads
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Texts for messages to leads.
create table public.outreach_templates (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  name text not null,
  channel public.outreach_channel not null,
  subject text,
  body text not null,
  variables text[] not null default '{}',
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, name)
);
create trigger update_outreach_templates_updated_at
  before update on public.outreach_templates
  for each row execute function public.update_updated_at_column();
alter table public.outreach_templates enable row level security;
create policy outreach_templates_own on public.outreach_templates
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- A user's campaigns in numbers. The view runs as its owner, so it names the user itself.
create view public.campaign_performance as
  select
    campaigns.id, campaigns.user_id, campaigns.name, campaigns.status,
    coalesce(sum(campaign_metrics.calls_made), 0) as calls_made,
    coalesce(sum(campaign_metrics.calls_answered), 0) as calls_answered,
    coalesce(sum(campaign_metrics.appointments_booked), 0) as appointments_booked
  from public.campaigns
  left join public.campaign_metrics on campaign_metrics.campaign_id = campaigns.id
  where campaigns.deleted_at is null and campaigns.user_id = auth.uid()
  group by campaigns.id;
