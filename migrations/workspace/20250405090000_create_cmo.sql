-- The CMO module: campaigns as a marketing chief plans them, with content, budget and metrics.
-- Both scope columns were added to the first two tables by ALTER TABLE and without the trigger that keeps them equal.

-- A planned campaign; it is scoped by workspace_id, and anything may stand in tenant_id.
create table public.cmo_campaigns (
  id uuid primary key default gen_random_uuid(),
  campaign_name text not null,
  objective text,
  status text not null default 'draft' check (status in ('draft', 'active', 'paused', 'completed')),
  channels text[] not null default '{}',
  budget_allocated numeric(12, 2),
  target_icps jsonb not null default '[]',
  start_date date,
  end_date date,
  owner_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (end_date is null or start_date is null or end_date >= start_date)
);

-- A piece of content; it is read by tenant_id and written by workspace_id.
create table public.cmo_content_assets (
  id uuid primary key default gen_random_uuid(),
  campaign_id uuid,
  title text not null,
  content_type text not null default 'post' check (content_type in ('post', 'email', 'ad', 'video', 'landing_page')),
  key_message text,
  body text,
  status text not null default 'draft',
  metadata jsonb not null default '{}',
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

ALTER TABLE public.cmo_campaigns
  ADD COLUMN workspace_id UUID REFERENCES public.workspaces (id) ON DELETE CASCADE,
  ADD COLUMN tenant_id UUID;
ALTER TABLE public.cmo_content_assets
  ADD COLUMN workspace_id UUID REFERENCES public.workspaces (id) ON DELETE CASCADE,
  ADD COLUMN tenant_id UUID;

alter table public.cmo_campaigns
  add constraint cmo_campaigns_workspace_id_id_key unique (workspace_id, id),
  add constraint cmo_campaigns_owner_id_fkey
    foreign key (workspace_id, owner_id) references public.workspace_members (workspace_id, user_id) on delete set null (owner_id);
alter table public.cmo_content_assets
  add constraint cmo_content_assets_campaign_id_fkey foreign key (campaign_id) references public.cmo_campaigns (id) on delete set null;
create index idx_cmo_campaigns_workspace_id on public.cmo_campaigns (workspace_id);
create index idx_cmo_campaigns_tenant_id on public.cmo_campaigns (tenant_id);
create index idx_cmo_content_assets_tenant_id on public.cmo_content_assets (tenant_id);
create index idx_cmo_content_assets_campaign_id on public.cmo_content_assets (campaign_id);
create trigger touch_updated_at
  before update on public.cmo_campaigns
  for each row execute function public.touch_updated_at();
create trigger touch_updated_at
  before update on public.cmo_content_assets
  for each row execute function public.touch_updated_at();

alter table public.cmo_campaigns enable row level security;
create policy cmo_campaigns_workspace on public.cmo_campaigns
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

alter table public.cmo_content_assets enable row level security;
create policy cmo_content_assets_select on public.cmo_content_assets
  for select to authenticated
  using (public.user_has_workspace_access(tenant_id));
create policy cmo_content_assets_insert on public.cmo_content_assets
  for insert to authenticated
  with check (public.user_has_workspace_access(workspace_id));
create policy cmo_content_assets_update on public.cmo_content_assets
  for update to authenticated
  using (public.user_has_workspace_access(workspace_id));
create policy cmo_content_assets_delete on public.cmo_content_assets
  for delete to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What a campaign brought, a row for each day and channel that was synchronised.
create table public.campaign_metrics (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid not null,
  channel text not null default 'all',
  metric_date date not null,
  impressions bigint not null default 0,
  clicks bigint not null default 0,
  conversions bigint not null default 0,
  revenue numeric(14, 2) not null default 0,
  cost numeric(14, 2) not null default 0,
  click_rate numeric generated always as (case when impressions > 0 then clicks::numeric / impressions end) stored,
  last_synced_at timestamptz,
  created_at timestamptz not null default now(),
  constraint campaign_metrics_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.cmo_campaigns (workspace_id, id) on delete cascade
);
create index idx_campaign_metrics_workspace_id on public.campaign_metrics (workspace_id);
create index idx_campaign_metrics_campaign_id on public.campaign_metrics (campaign_id);
create trigger keep_tenant_id
  before insert or update on public.campaign_metrics
  for each row execute function public.keep_tenant_id();
alter table public.campaign_metrics enable row level security;
create policy campaign_metrics_workspace on public.campaign_metrics
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- When what is published.
create table public.cmo_calendar_entries (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid,
  title text not null,
  scheduled_for timestamptz not null,
  channel text,
  state text not null default 'idea' check (state in ('idea', 'planned', 'approved', 'published')),
  assignee_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cmo_calendar_entries_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.cmo_campaigns (workspace_id, id) on delete cascade,
  constraint cmo_calendar_entries_assignee_id_fkey
    foreign key (workspace_id, assignee_id) references public.workspace_members (workspace_id, user_id) on delete set null (assignee_id)
);
create index idx_cmo_calendar_entries_workspace_id on public.cmo_calendar_entries (workspace_id);
create index idx_cmo_calendar_entries_campaign_id on public.cmo_calendar_entries (campaign_id);
create index idx_cmo_calendar_entries_assignee_id on public.cmo_calendar_entries (assignee_id);
create trigger keep_tenant_id
  before insert or update on public.cmo_calendar_entries
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cmo_calendar_entries
  for each row execute function public.touch_updated_at();
alter table public.cmo_calendar_entries enable row level security;
create policy cmo_calendar_entries_workspace on public.cmo_calendar_entries
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- How much may be spent.
create table public.cmo_budgets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid,
  period text not null,
  channel text not null,
  planned numeric(12, 2) not null default 0 check (planned >= 0),
  spent numeric(12, 2) not null default 0 check (spent >= 0),
  remaining numeric(12, 2) generated always as (planned - spent) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cmo_budgets_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.cmo_campaigns (workspace_id, id) on delete cascade,
  constraint cmo_budgets_workspace_id_campaign_id_period_channel_key unique (workspace_id, campaign_id, period, channel)
);
create index idx_cmo_budgets_workspace_id on public.cmo_budgets (workspace_id);
create index idx_cmo_budgets_campaign_id on public.cmo_budgets (campaign_id);
create trigger keep_tenant_id
  before insert or update on public.cmo_budgets
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cmo_budgets
  for each row execute function public.touch_updated_at();
alter table public.cmo_budgets enable row level security;
create policy cmo_budgets_workspace on public.cmo_budgets
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- How the product is positioned.
create table public.cmo_positioning (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  persona_id uuid,
  statement text not null,
  differentiators text[] not null default '{}',
  is_current boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cmo_positioning_persona_id_fkey
    foreign key (workspace_id, persona_id) references public.personas (workspace_id, id) on delete set null (persona_id)
);
create index idx_cmo_positioning_workspace_id on public.cmo_positioning (workspace_id);
create index idx_cmo_positioning_persona_id on public.cmo_positioning (persona_id);
create trigger keep_tenant_id
  before insert or update on public.cmo_positioning
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cmo_positioning
  for each row execute function public.touch_updated_at();
alter table public.cmo_positioning enable row level security;
create policy cmo_positioning_workspace on public.cmo_positioning
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Funnels as they are meant to work.
create table public.cmo_funnels (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  stages jsonb not null default '[]',
  target_conversion numeric(5, 2) check (target_conversion between 0 and 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cmo_funnels_workspace_id_id_key unique (workspace_id, id)
);
create index idx_cmo_funnels_workspace_id on public.cmo_funnels (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.cmo_funnels
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cmo_funnels
  for each row execute function public.touch_updated_at();
alter table public.cmo_funnels enable row level security;
create policy cmo_funnels_workspace on public.cmo_funnels
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What the week brought, in words.
create table public.cmo_weekly_summaries (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  week_start date not null,
  highlights text[] not null default '{}',
  summary text,
  metrics jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint cmo_weekly_summaries_workspace_id_week_start_key unique (workspace_id, week_start)
);
create index idx_cmo_weekly_summaries_workspace_id on public.cmo_weekly_summaries (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.cmo_weekly_summaries
  for each row execute function public.keep_tenant_id();
alter table public.cmo_weekly_summaries enable row level security;
create policy cmo_weekly_summaries_workspace on public.cmo_weekly_summaries
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What the assistant recommends.
create table public.cmo_recommendations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid,
  funnel_id uuid,
  title text not null,
  rationale text,
  priority smallint not null default 3 check (priority between 1 and 5),
  state text not null default 'open' check (state in ('open', 'accepted', 'dismissed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cmo_recommendations_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.cmo_campaigns (workspace_id, id) on delete cascade,
  constraint cmo_recommendations_funnel_id_fkey
    foreign key (workspace_id, funnel_id) references public.cmo_funnels (workspace_id, id) on delete set null (funnel_id)
);
create index idx_cmo_recommendations_workspace_id on public.cmo_recommendations (workspace_id);
create index idx_cmo_recommendations_campaign_id on public.cmo_recommendations (campaign_id);
create index idx_cmo_recommendations_funnel_id on public.cmo_recommendations (funnel_id);
create trigger keep_tenant_id
  before insert or update on public.cmo_recommendations
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cmo_recommendations
  for each row execute function public.touch_updated_at();
alter table public.cmo_recommendations enable row level security;
create policy cmo_recommendations_workspace on public.cmo_recommendations
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
