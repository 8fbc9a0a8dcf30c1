-- CRM, campaigns and goals: who works where, deals, activities, outreach and what came back.

create type public.deal_stage as enum ('lead', 'qualified', 'proposal', 'won', 'lost');
create type public.activity_kind as enum ('call', 'email', 'meeting', 'note', 'task');
create type public.campaign_status as enum ('draft', 'scheduled', 'running', 'paused', 'completed');
create type public.campaign_response as enum ('opened', 'clicked', 'replied', 'bounced', 'unsubscribed');
create type public.goal_metric as enum ('orders', 'revenue', 'new_clients', 'turnaround');

-- Which contact works where.
create table public.contact_companies (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  contact_id uuid not null,
  client_id uuid not null,
  title text,
  is_primary boolean not null default false,
  valid_during daterange not null default daterange(current_date, null),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, contact_id, client_id),
  constraint contact_companies_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade,
  constraint contact_companies_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete cascade
);
create index idx_contact_companies_contact_id on public.contact_companies (contact_id);
create index idx_contact_companies_client_id on public.contact_companies (client_id);
create trigger update_contact_companies_updated_at
  before update on public.contact_companies
  for each row execute function public.update_updated_at_column();
alter table public.contact_companies enable row level security;
create policy contact_companies_own_select on public.contact_companies
  for select to authenticated
  using (auth.uid() = org_id);
create policy contact_companies_own_insert on public.contact_companies
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy contact_companies_own_update on public.contact_companies
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy contact_companies_own_delete on public.contact_companies
  for delete to authenticated
  using (auth.uid() = org_id);

-- What may become an order.
create table public.deals (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  client_id uuid,
  contact_id uuid,
  title text not null,
  stage public.deal_stage not null default 'lead',
  value_cents bigint not null default 0 check (value_cents >= 0),
  probability smallint not null default 10 check (probability between 0 and 100),
  weighted_cents bigint generated always as (value_cents * probability / 100) stored,
  expected_close_on date,
  lost_reason text,
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint deals_org_id_id_key unique (org_id, id),
  constraint deals_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete set null (client_id),
  constraint deals_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id),
  check (stage <> 'lost' or lost_reason is not null)
);
create index idx_deals_org_id on public.deals (org_id);
create index idx_deals_client_id on public.deals (client_id);
create index idx_deals_contact_id on public.deals (contact_id);
create index idx_deals_org_id_stage on public.deals (org_id, stage, expected_close_on);
create trigger update_deals_updated_at
  before update on public.deals
  for each row execute function public.update_updated_at_column();
alter table public.deals enable row level security;
create policy deals_own_select on public.deals
  for select to authenticated
  using (auth.uid() = org_id);
create policy deals_own_insert on public.deals
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy deals_own_update on public.deals
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy deals_own_delete on public.deals
  for delete to authenticated
  using (auth.uid() = org_id);

-- Calls, mails, meetings and notes.
create table public.activities (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  client_id uuid,
  contact_id uuid,
  order_id uuid,
  deal_id uuid,
  kind public.activity_kind not null,
  subject text,
  body text,
  outcome text,
  duration_minutes integer check (duration_minutes >= 0),
  occurred_at timestamptz not null default now(),
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint activities_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete cascade,
  constraint activities_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade,
  constraint activities_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade,
  constraint activities_org_id_deal_id_fkey
    foreign key (org_id, deal_id) references public.deals (org_id, id) on delete set null (deal_id)
);
create index idx_activities_org_id on public.activities (org_id);
create index idx_activities_client_id on public.activities (client_id);
create index idx_activities_contact_id on public.activities (contact_id);
create index idx_activities_order_id on public.activities (order_id);
create index idx_activities_deal_id on public.activities (deal_id);
create index idx_activities_org_id_occurred_at on public.activities (org_id, occurred_at desc);
create trigger update_activities_updated_at
  before update on public.activities
  for each row execute function public.update_updated_at_column();
alter table public.activities enable row level security;
create policy activities_own_select on public.activities
  for select to authenticated
  using (auth.uid() = org_id);
create policy activities_own_insert on public.activities
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy activities_own_update on public.activities
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy activities_own_delete on public.activities
  for delete to authenticated
  using (auth.uid() = org_id);

-- Outreach by mail to a list of contacts.
create table public.campaigns (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  channel public.message_channel not null default 'email',
  status public.campaign_status not null default 'draft',
  audience_filter jsonb not null default '{}',
  subject text,
  body text,
  budget_cents bigint check (budget_cents >= 0),
  starts_at timestamptz,
  ends_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaigns_org_id_id_key unique (org_id, id),
  unique (org_id, name),
  check (ends_at is null or starts_at is null or ends_at >= starts_at)
);
create trigger update_campaigns_updated_at
  before update on public.campaigns
  for each row execute function public.update_updated_at_column();
alter table public.campaigns enable row level security;
create policy campaigns_own_select on public.campaigns
  for select to authenticated
  using (auth.uid() = org_id);
create policy campaigns_own_insert on public.campaigns
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy campaigns_own_update on public.campaigns
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy campaigns_own_delete on public.campaigns
  for delete to authenticated
  using (auth.uid() = org_id);

-- What came back from a campaign.
create table public.campaign_responses (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  campaign_id uuid not null,
  contact_id uuid,
  response public.campaign_response not null,
  sentiment numeric(3, 2) check (sentiment between -1 and 1),
  raw_message text,
  responded_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint campaign_responses_org_id_campaign_id_fkey
    foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade,
  constraint campaign_responses_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index idx_campaign_responses_org_id on public.campaign_responses (org_id);
create index idx_campaign_responses_campaign_id on public.campaign_responses (campaign_id);
create index idx_campaign_responses_contact_id on public.campaign_responses (contact_id);
create index idx_campaign_responses_campaign_id_response on public.campaign_responses (campaign_id, response);
alter table public.campaign_responses enable row level security;
create policy campaign_responses_own on public.campaign_responses
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- What is to be reached in a period.
create table public.goals (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  metric public.goal_metric not null,
  target numeric(14, 2) not null check (target > 0),
  achieved numeric(14, 2) not null default 0,
  period daterange not null,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_goals_org_id on public.goals (org_id);
create trigger update_goals_updated_at
  before update on public.goals
  for each row execute function public.update_updated_at_column();
alter table public.goals enable row level security;
create policy goals_own_select on public.goals
  for select to authenticated
  using (auth.uid() = org_id);
create policy goals_own_insert on public.goals
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy goals_own_update on public.goals
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy goals_own_delete on public.goals
  for delete to authenticated
  using (auth.uid() = org_id);
