-- The marketing module: audiences, campaigns, content, mails, newsletters, scores and preferences.
-- Every policy is `true`, and four tables have no org_id: nothing keeps one organization from another's rows.

create type public.marketing_objective as enum ('awareness', 'leads', 'retention', 'event');
create type public.marketing_status as enum ('draft', 'scheduled', 'active', 'paused', 'completed', 'archived');
create type public.content_kind as enum ('blog_post', 'case_study', 'social_post', 'video', 'guide');

-- Contacts that are addressed together.
create table public.marketing_audiences (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  description text,
  filters jsonb not null default '{}',
  is_dynamic boolean not null default true,
  estimated_size integer not null default 0 check (estimated_size >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint marketing_audiences_org_id_id_key unique (org_id, id),
  unique (org_id, name)
);
create trigger update_marketing_audiences_updated_at
  before update on public.marketing_audiences
  for each row execute function public.update_updated_at_column();
alter table public.marketing_audiences enable row level security;
create policy marketing_audiences_select on public.marketing_audiences for select using (true);
create policy marketing_audiences_insert on public.marketing_audiences for insert with check (true);
create policy marketing_audiences_update on public.marketing_audiences for update using (true) with check (true);
create policy marketing_audiences_delete on public.marketing_audiences for delete using (true);

-- What is said, to whom, when, and for how much.
create table public.marketing_campaigns (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  audience_id uuid,
  name text not null,
  objective public.marketing_objective not null default 'awareness',
  status public.marketing_status not null default 'draft',
  budget_cents bigint not null default 0 check (budget_cents >= 0),
  spent_cents bigint not null default 0 check (spent_cents >= 0),
  remaining_cents bigint generated always as (budget_cents - spent_cents) stored,
  starts_on date,
  ends_on date,
  tags text[] not null default '{}',
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint marketing_campaigns_org_id_id_key unique (org_id, id),
  unique (org_id, name),
  constraint marketing_campaigns_org_id_audience_id_fkey
    foreign key (org_id, audience_id) references public.marketing_audiences (org_id, id) on delete set null (audience_id),
  check (ends_on is null or starts_on is null or ends_on >= starts_on)
);
create index idx_marketing_campaigns_audience_id on public.marketing_campaigns (audience_id);
create trigger update_marketing_campaigns_updated_at
  before update on public.marketing_campaigns
  for each row execute function public.update_updated_at_column();
alter table public.marketing_campaigns enable row level security;
create policy marketing_campaigns_select on public.marketing_campaigns for select using (true);
create policy marketing_campaigns_insert on public.marketing_campaigns for insert with check (true);
create policy marketing_campaigns_update on public.marketing_campaigns for update using (true) with check (true);
create policy marketing_campaigns_delete on public.marketing_campaigns for delete using (true);

-- Texts and pictures, in all their versions.
create table public.marketing_content (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  campaign_id uuid,
  title text not null,
  kind public.content_kind not null default 'blog_post',
  status public.marketing_status not null default 'draft',
  body text,
  seo_keywords text[] not null default '{}',
  word_count integer check (word_count >= 0),
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint marketing_content_org_id_id_key unique (org_id, id),
  constraint marketing_content_org_id_campaign_id_fkey
    foreign key (org_id, campaign_id) references public.marketing_campaigns (org_id, id) on delete set null (campaign_id)
);
create index idx_marketing_content_org_id on public.marketing_content (org_id);
create index idx_marketing_content_campaign_id on public.marketing_content (campaign_id);
create trigger update_marketing_content_updated_at
  before update on public.marketing_content
  for each row execute function public.update_updated_at_column();
alter table public.marketing_content enable row level security;
create policy marketing_content_select on public.marketing_content for select using (true);
create policy marketing_content_insert on public.marketing_content for insert with check (true);
create policy marketing_content_update on public.marketing_content for update using (true) with check (true);
create policy marketing_content_delete on public.marketing_content for delete using (true);

-- When which text is published where.
create table public.content_schedule (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  content_id uuid not null,
  channel text not null check (channel in ('website', 'linkedin', 'facebook', 'instagram', 'email')),
  status public.delivery_status not null default 'queued',
  scheduled_for timestamptz not null,
  published_url text,
  created_at timestamptz not null default now(),
  constraint content_schedule_org_id_content_id_fkey
    foreign key (org_id, content_id) references public.marketing_content (org_id, id) on delete cascade
);
create index idx_content_schedule_org_id on public.content_schedule (org_id);
create index idx_content_schedule_content_id on public.content_schedule (content_id);
alter table public.content_schedule enable row level security;
create policy content_schedule_select on public.content_schedule for select using (true);
create policy content_schedule_insert on public.content_schedule for insert with check (true);
create policy content_schedule_update on public.content_schedule for update using (true) with check (true);
create policy content_schedule_delete on public.content_schedule for delete using (true);

-- Mails to start from.
create table public.email_templates (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  subject text not null,
  html_body text not null,
  text_body text,
  variables text[] not null default '{}',
  category text not null default 'general',
  is_archived boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint email_templates_org_id_id_key unique (org_id, id),
  unique (org_id, name)
);
create trigger update_email_templates_updated_at
  before update on public.email_templates
  for each row execute function public.update_updated_at_column();
alter table public.email_templates enable row level security;
create policy email_templates_select on public.email_templates for select using (true);
create policy email_templates_insert on public.email_templates for insert with check (true);
create policy email_templates_update on public.email_templates for update using (true) with check (true);
create policy email_templates_delete on public.email_templates for delete using (true);

-- One mail to one audience.
create table public.email_campaigns (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  marketing_campaign_id uuid,
  template_id uuid,
  audience_id uuid,
  name text not null,
  subject text not null,
  status public.marketing_status not null default 'draft',
  scheduled_for timestamptz,
  sent_count integer not null default 0 check (sent_count >= 0),
  open_count integer not null default 0 check (open_count >= 0),
  open_rate numeric generated always as (case when sent_count > 0 then open_count::numeric / sent_count end) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint email_campaigns_org_id_id_key unique (org_id, id),
  constraint email_campaigns_org_id_marketing_campaign_id_fkey
    foreign key (org_id, marketing_campaign_id) references public.marketing_campaigns (org_id, id)
    on delete set null (marketing_campaign_id),
  constraint email_campaigns_org_id_template_id_fkey
    foreign key (org_id, template_id) references public.email_templates (org_id, id) on delete set null (template_id),
  constraint email_campaigns_org_id_audience_id_fkey
    foreign key (org_id, audience_id) references public.marketing_audiences (org_id, id) on delete set null (audience_id)
);
create index idx_email_campaigns_org_id on public.email_campaigns (org_id);
create index idx_email_campaigns_marketing_campaign_id on public.email_campaigns (marketing_campaign_id);
create index idx_email_campaigns_template_id on public.email_campaigns (template_id);
create index idx_email_campaigns_audience_id on public.email_campaigns (audience_id);
create trigger update_email_campaigns_updated_at
  before update on public.email_campaigns
  for each row execute function public.update_updated_at_column();
alter table public.email_campaigns enable row level security;
create policy email_campaigns_select on public.email_campaigns for select using (true);
create policy email_campaigns_insert on public.email_campaigns for insert with check (true);
create policy email_campaigns_update on public.email_campaigns for update using (true) with check (true);
create policy email_campaigns_delete on public.email_campaigns for delete using (true);

-- One mail to one contact.
create table public.email_sends (
  id uuid primary key default gen_random_uuid(),
  campaign_id uuid not null,
  contact_id uuid,
  recipient text not null,
  status public.delivery_status not null default 'queued',
  provider_message_id text,
  sent_at timestamptz,
  opened_at timestamptz,
  clicked_at timestamptz,
  bounce_reason text,
  created_at timestamptz not null default now(),
  foreign key (campaign_id) references public.email_campaigns (id) on delete cascade,
  foreign key (contact_id) references public.contacts (id) on delete set null
);
create index idx_email_sends_campaign_id on public.email_sends (campaign_id);
create index idx_email_sends_contact_id on public.email_sends (contact_id);
alter table public.email_sends enable row level security;
create policy email_sends_select on public.email_sends for select using (true);
create policy email_sends_insert on public.email_sends for insert with check (true);
create policy email_sends_update on public.email_sends for update using (true) with check (true);
create policy email_sends_delete on public.email_sends for delete using (true);

-- Newsletters that one may subscribe to.
create table public.marketing_newsletters (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  audience_id uuid,
  name text not null,
  slug text not null check (slug ~ '^[a-z0-9-]+$'),
  cadence text not null default 'monthly' check (cadence in ('weekly', 'biweekly', 'monthly', 'quarterly')),
  from_name text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint marketing_newsletters_org_id_id_key unique (org_id, id),
  unique (org_id, slug),
  constraint marketing_newsletters_org_id_audience_id_fkey
    foreign key (org_id, audience_id) references public.marketing_audiences (org_id, id) on delete set null (audience_id)
);
create index idx_marketing_newsletters_audience_id on public.marketing_newsletters (audience_id);
create trigger update_marketing_newsletters_updated_at
  before update on public.marketing_newsletters
  for each row execute function public.update_updated_at_column();
alter table public.marketing_newsletters enable row level security;
create policy marketing_newsletters_select on public.marketing_newsletters for select using (true);
create policy marketing_newsletters_insert on public.marketing_newsletters for insert with check (true);
create policy marketing_newsletters_update on public.marketing_newsletters for update using (true) with check (true);
create policy marketing_newsletters_delete on public.marketing_newsletters for delete using (true);

-- One issue of a newsletter.
create table public.newsletter_issues (
  id uuid primary key default gen_random_uuid(),
  newsletter_id uuid not null,
  issue_number integer not null check (issue_number > 0),
  subject text not null,
  body text,
  status public.marketing_status not null default 'draft',
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (newsletter_id) references public.marketing_newsletters (id) on delete cascade
);
create index idx_newsletter_issues_newsletter_id on public.newsletter_issues (newsletter_id);
create trigger update_newsletter_issues_updated_at
  before update on public.newsletter_issues
  for each row execute function public.update_updated_at_column();
alter table public.newsletter_issues enable row level security;
create policy newsletter_issues_select on public.newsletter_issues for select using (true);
create policy newsletter_issues_insert on public.newsletter_issues for insert with check (true);
create policy newsletter_issues_update on public.newsletter_issues for update using (true) with check (true);
create policy newsletter_issues_delete on public.newsletter_issues for delete using (true);

-- How near a contact is to an order.
create table public.lead_scores (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null,
  demographic_score smallint not null default 0 check (demographic_score between 0 and 100),
  behavior_score smallint not null default 0 check (behavior_score between 0 and 100),
  total_score integer generated always as (demographic_score + behavior_score) stored,
  grade char(1) check (grade in ('A', 'B', 'C', 'D')),
  factors jsonb not null default '{}',
  calculated_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (contact_id) references public.contacts (id) on delete cascade
);
create index idx_lead_scores_contact_id on public.lead_scores (contact_id);
create trigger update_lead_scores_updated_at
  before update on public.lead_scores
  for each row execute function public.update_updated_at_column();
alter table public.lead_scores enable row level security;
create policy lead_scores_select on public.lead_scores for select using (true);
create policy lead_scores_insert on public.lead_scores for insert with check (true);
create policy lead_scores_update on public.lead_scores for update using (true) with check (true);
create policy lead_scores_delete on public.lead_scores for delete using (true);

-- What a contact wants to hear, and how often.
create table public.contact_preferences (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null,
  email_opt_in boolean not null default true,
  sms_opt_in boolean not null default false,
  topics text[] not null default '{}',
  frequency text not null default 'monthly' check (frequency in ('daily', 'weekly', 'monthly', 'never')),
  unsubscribed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (contact_id) references public.contacts (id) on delete cascade
);
create index idx_contact_preferences_contact_id on public.contact_preferences (contact_id);
create trigger update_contact_preferences_updated_at
  before update on public.contact_preferences
  for each row execute function public.update_updated_at_column();
alter table public.contact_preferences enable row level security;
create policy contact_preferences_select on public.contact_preferences for select using (true);
create policy contact_preferences_insert on public.contact_preferences for insert with check (true);
create policy contact_preferences_update on public.contact_preferences for update using (true) with check (true);
create policy contact_preferences_delete on public.contact_preferences for delete using (true);
