-- The CRO module: pipelines, deals, quotes, tasks, forecasts and targets.

-- Ways of selling.
create table public.pipelines (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint pipelines_workspace_id_id_key unique (workspace_id, id),
  constraint pipelines_workspace_id_name_key unique (workspace_id, name)
);
create index idx_pipelines_workspace_id on public.pipelines (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.pipelines
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.pipelines
  for each row execute function public.touch_updated_at();
alter table public.pipelines enable row level security;
create policy pipelines_workspace on public.pipelines
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Their steps.
create table public.pipeline_stages (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  pipeline_id uuid not null,
  name text not null,
  position smallint not null check (position >= 0),
  win_probability numeric(5, 2) not null default 0,
  created_at timestamptz not null default now(),
  constraint pipeline_stages_workspace_id_id_key unique (workspace_id, id),
  constraint pipeline_stages_pipeline_id_fkey
    foreign key (workspace_id, pipeline_id) references public.pipelines (workspace_id, id) on delete cascade
);
create index idx_pipeline_stages_workspace_id on public.pipeline_stages (workspace_id);
create index idx_pipeline_stages_pipeline_id on public.pipeline_stages (pipeline_id);
create trigger keep_tenant_id
  before insert or update on public.pipeline_stages
  for each row execute function public.keep_tenant_id();
alter table public.pipeline_stages enable row level security;
create policy pipeline_stages_workspace on public.pipeline_stages
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What may be sold; the lead that it came from is named by its id alone.
create table public.deals (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  pipeline_id uuid,
  company_id uuid,
  lead_id uuid,
  name text not null,
  stage text not null default 'discovery' check (stage in ('discovery', 'qualification', 'proposal', 'negotiation', 'closed_won', 'closed_lost')),
  value numeric(14, 2) not null default 0,
  currency character(3) not null default 'USD',
  probability integer default 10,
  weighted_value numeric(16, 2) generated always as (value * coalesce(probability, 0) / 100) stored,
  owner_id uuid,
  expected_close_date date,
  actual_close_date date,
  lost_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint deals_workspace_id_id_key unique (workspace_id, id),
  constraint deals_pipeline_id_fkey
    foreign key (workspace_id, pipeline_id) references public.pipelines (workspace_id, id) on delete set null (pipeline_id),
  constraint deals_company_id_fkey
    foreign key (workspace_id, company_id) references public.companies (workspace_id, id) on delete set null (company_id),
  constraint deals_lead_id_fkey
    foreign key (lead_id) references public.leads (id) on delete set null,
  constraint deals_owner_id_fkey
    foreign key (workspace_id, owner_id) references public.workspace_members (workspace_id, user_id) on delete set null (owner_id)
);
create index idx_deals_workspace_id on public.deals (workspace_id);
create index idx_deals_pipeline_id on public.deals (pipeline_id);
create index idx_deals_company_id on public.deals (company_id);
create index idx_deals_lead_id on public.deals (lead_id);
create index idx_deals_owner_id on public.deals (owner_id);
create trigger keep_tenant_id
  before insert or update on public.deals
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.deals
  for each row execute function public.touch_updated_at();
alter table public.deals enable row level security;
create policy deals_workspace on public.deals
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Who decides.
create table public.deal_contacts (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  deal_id uuid not null,
  contact_id uuid not null,
  influence text not null default 'user' check (influence in ('champion', 'decision_maker', 'blocker', 'user')),
  created_at timestamptz not null default now(),
  constraint deal_contacts_deal_id_fkey
    foreign key (workspace_id, deal_id) references public.deals (workspace_id, id) on delete cascade,
  constraint deal_contacts_contact_id_fkey
    foreign key (workspace_id, contact_id) references public.contacts (workspace_id, id) on delete cascade,
  constraint deal_contacts_workspace_id_deal_id_contact_id_key unique (workspace_id, deal_id, contact_id)
);
create index idx_deal_contacts_workspace_id on public.deal_contacts (workspace_id);
create index idx_deal_contacts_deal_id on public.deal_contacts (deal_id);
create index idx_deal_contacts_contact_id on public.deal_contacts (contact_id);
create trigger keep_tenant_id
  before insert or update on public.deal_contacts
  for each row execute function public.keep_tenant_id();
alter table public.deal_contacts enable row level security;
create policy deal_contacts_workspace on public.deal_contacts
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What happened in a deal; a trigger writes the changes of stage.
create table public.deal_activities (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  deal_id uuid not null,
  actor_id uuid,
  kind text not null default 'note',
  from_stage text,
  to_stage text,
  note text,
  occurred_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint deal_activities_deal_id_fkey
    foreign key (workspace_id, deal_id) references public.deals (workspace_id, id) on delete cascade,
  constraint deal_activities_actor_id_fkey
    foreign key (workspace_id, actor_id) references public.workspace_members (workspace_id, user_id) on delete set null (actor_id)
);
create index idx_deal_activities_workspace_id on public.deal_activities (workspace_id);
create index idx_deal_activities_deal_id on public.deal_activities (deal_id);
create index idx_deal_activities_actor_id on public.deal_activities (actor_id);
create trigger keep_tenant_id
  before insert or update on public.deal_activities
  for each row execute function public.keep_tenant_id();
alter table public.deal_activities enable row level security;
create policy deal_activities_workspace on public.deal_activities
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Offers; the deal is named by its id alone.
create table public.quotes (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  deal_id uuid not null,
  number text not null,
  status text not null default 'draft' check (status in ('draft', 'sent', 'accepted', 'declined', 'expired')),
  discount_percent numeric(5, 2) not null default 0 check (discount_percent between 0 and 100),
  valid_until date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint quotes_workspace_id_id_key unique (workspace_id, id),
  constraint quotes_deal_id_fkey
    foreign key (deal_id) references public.deals (id) on delete cascade,
  constraint quotes_number_key unique (number)
);
create index idx_quotes_workspace_id on public.quotes (workspace_id);
create index idx_quotes_deal_id on public.quotes (deal_id);
create trigger keep_tenant_id
  before insert or update on public.quotes
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.quotes
  for each row execute function public.touch_updated_at();
alter table public.quotes enable row level security;
create policy quotes_workspace on public.quotes
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Their lines.
create table public.quote_lines (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  quote_id uuid not null,
  description text not null,
  quantity numeric(10, 2) not null default 1 check (quantity > 0),
  unit_price numeric(12, 2) not null,
  line_total numeric(20, 4) generated always as (quantity * unit_price) stored,
  created_at timestamptz not null default now(),
  constraint quote_lines_quote_id_fkey
    foreign key (workspace_id, quote_id) references public.quotes (workspace_id, id) on delete cascade
);
create index idx_quote_lines_workspace_id on public.quote_lines (workspace_id);
create index idx_quote_lines_quote_id on public.quote_lines (quote_id);
create trigger keep_tenant_id
  before insert or update on public.quote_lines
  for each row execute function public.keep_tenant_id();
alter table public.quote_lines enable row level security;
create policy quote_lines_workspace on public.quote_lines
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What somebody has to do.
create table public.tasks (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  deal_id uuid,
  lead_id uuid,
  title text not null,
  description text,
  status text not null default 'open' check (status in ('open', 'in_progress', 'done', 'cancelled')),
  priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  due_date timestamptz,
  assignee_id uuid,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tasks_workspace_id_id_key unique (workspace_id, id),
  constraint tasks_deal_id_fkey
    foreign key (workspace_id, deal_id) references public.deals (workspace_id, id) on delete cascade,
  constraint tasks_lead_id_fkey
    foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete cascade,
  constraint tasks_assignee_id_fkey
    foreign key (workspace_id, assignee_id) references public.workspace_members (workspace_id, user_id) on delete set null (assignee_id)
);
create index idx_tasks_workspace_id on public.tasks (workspace_id);
create index idx_tasks_deal_id on public.tasks (deal_id);
create index idx_tasks_lead_id on public.tasks (lead_id);
create index idx_tasks_assignee_id on public.tasks (assignee_id);
create trigger keep_tenant_id
  before insert or update on public.tasks
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.tasks
  for each row execute function public.touch_updated_at();
alter table public.tasks enable row level security;
create policy tasks_workspace on public.tasks
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What was said of it.
create table public.task_comments (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  task_id uuid not null,
  author_id uuid not null,
  body text not null,
  created_at timestamptz not null default now(),
  constraint task_comments_task_id_fkey
    foreign key (workspace_id, task_id) references public.tasks (workspace_id, id) on delete cascade,
  constraint task_comments_author_id_fkey
    foreign key (workspace_id, author_id) references public.workspace_members (workspace_id, user_id) on delete cascade
);
create index idx_task_comments_workspace_id on public.task_comments (workspace_id);
create index idx_task_comments_task_id on public.task_comments (task_id);
create index idx_task_comments_author_id on public.task_comments (author_id);
create trigger keep_tenant_id
  before insert or update on public.task_comments
  for each row execute function public.keep_tenant_id();
alter table public.task_comments enable row level security;
create policy task_comments_workspace on public.task_comments
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What will be earned, by period and scenario.
create table public.cro_forecasts (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  period text not null,
  scenario text not null default 'base' check (scenario in ('downside', 'base', 'upside')),
  forecast_new_arr numeric(14, 2) not null default 0,
  forecast_expansion_arr numeric(14, 2) not null default 0,
  churn_arr numeric(14, 2) not null default 0,
  confidence numeric(5, 2),
  assumptions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_cro_forecasts_workspace_id on public.cro_forecasts (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.cro_forecasts
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cro_forecasts
  for each row execute function public.touch_updated_at();
alter table public.cro_forecasts enable row level security;
create policy cro_forecasts_workspace on public.cro_forecasts
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What should be earned.
create table public.cro_targets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  owner_id uuid,
  period text not null,
  metric text not null check (metric in ('new_arr', 'pipeline', 'win_rate', 'meetings')),
  target numeric(14, 2) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cro_targets_owner_id_fkey
    foreign key (workspace_id, owner_id) references public.workspace_members (workspace_id, user_id) on delete set null (owner_id)
);
create index idx_cro_targets_workspace_id on public.cro_targets (workspace_id);
create index idx_cro_targets_owner_id on public.cro_targets (owner_id);
create trigger keep_tenant_id
  before insert or update on public.cro_targets
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cro_targets
  for each row execute function public.touch_updated_at();
alter table public.cro_targets enable row level security;
create policy cro_targets_workspace on public.cro_targets
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What the assistant recommends.
create table public.cro_recommendations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  deal_id uuid,
  title text not null,
  impact numeric(14, 2),
  state text not null default 'open' check (state in ('open', 'accepted', 'dismissed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cro_recommendations_deal_id_fkey
    foreign key (workspace_id, deal_id) references public.deals (workspace_id, id) on delete cascade
);
create index idx_cro_recommendations_workspace_id on public.cro_recommendations (workspace_id);
create index idx_cro_recommendations_deal_id on public.cro_recommendations (deal_id);
create trigger keep_tenant_id
  before insert or update on public.cro_recommendations
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.cro_recommendations
  for each row execute function public.touch_updated_at();
alter table public.cro_recommendations enable row level security;
create policy cro_recommendations_workspace on public.cro_recommendations
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

create function public.record_stage_change() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.deal_activities (workspace_id, deal_id, kind, from_stage, to_stage)
  values (new.workspace_id, new.id, 'stage_change', old.stage, new.stage);
  return null;
end
$$;
create trigger record_stage_change
  after update of stage on public.deals
  for each row when (old.stage is distinct from new.stage)
  execute function public.record_stage_change();
