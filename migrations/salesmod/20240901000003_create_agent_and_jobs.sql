-- The assistant with its runs, memories and drafts; and jobs, which bundle orders.

create type public.agent_run_status as enum ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled');
create type public.memory_scope as enum ('session', 'contact', 'client', 'global');
create type public.message_channel as enum ('email', 'sms', 'call', 'letter');
create type public.draft_status as enum ('draft', 'approved', 'sent', 'discarded');
create type public.review_verdict as enum ('unreviewed', 'good', 'bad');
create type public.job_status as enum ('open', 'active', 'on_hold', 'closed');

-- How the assistant behaves.
create table public.agent_settings (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null default 'default',
  model text not null default 'standard',
  temperature numeric(3, 2) not null default 0.2 check (temperature between 0 and 2),
  system_prompt text,
  enabled_tools text[] not null default '{}',
  daily_budget_cents integer not null default 500 check (daily_budget_cents >= 0),
  guardrails jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, name)
);
create trigger update_agent_settings_updated_at
  before update on public.agent_settings
  for each row execute function public.update_updated_at_column();
alter table public.agent_settings enable row level security;
create policy agent_settings_own_select on public.agent_settings
  for select to authenticated
  using (auth.uid() = org_id);
create policy agent_settings_own_insert on public.agent_settings
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy agent_settings_own_update on public.agent_settings
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- One task that the assistant took on.
create table public.agent_runs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  order_id uuid,
  parent_run_id uuid,
  goal text not null,
  status public.agent_run_status not null default 'queued',
  input jsonb not null default '{}',
  output jsonb,
  tokens_in integer not null default 0 check (tokens_in >= 0),
  tokens_out integer not null default 0 check (tokens_out >= 0),
  total_tokens integer generated always as (tokens_in + tokens_out) stored,
  cost_usd numeric(12, 6) not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_runs_org_id_id_key unique (org_id, id),
  constraint agent_runs_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete set null (order_id),
  constraint agent_runs_org_id_parent_run_id_fkey
    foreign key (org_id, parent_run_id) references public.agent_runs (org_id, id) on delete set null (parent_run_id)
);
create index idx_agent_runs_org_id on public.agent_runs (org_id);
create index idx_agent_runs_order_id on public.agent_runs (order_id);
create index idx_agent_runs_parent_run_id on public.agent_runs (parent_run_id);
create index idx_agent_runs_org_id_status on public.agent_runs (org_id, status, created_at desc);
create trigger update_agent_runs_updated_at
  before update on public.agent_runs
  for each row execute function public.update_updated_at_column();
alter table public.agent_runs enable row level security;
create policy agent_runs_own_select on public.agent_runs
  for select to authenticated
  using (auth.uid() = org_id);
create policy agent_runs_own_insert on public.agent_runs
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy agent_runs_own_update on public.agent_runs
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy agent_runs_own_delete on public.agent_runs
  for delete to authenticated
  using (auth.uid() = org_id);

-- What the assistant keeps in mind.
create table public.agent_memories (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  contact_id uuid,
  scope public.memory_scope not null default 'session',
  memory_key text not null,
  content text not null,
  importance real not null default 0.5 check (importance between 0 and 1),
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, scope, memory_key),
  constraint agent_memories_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index idx_agent_memories_contact_id on public.agent_memories (contact_id);
create trigger update_agent_memories_updated_at
  before update on public.agent_memories
  for each row execute function public.update_updated_at_column();
alter table public.agent_memories enable row level security;
create policy agent_memories_own_select on public.agent_memories
  for select to authenticated
  using (auth.uid() = org_id);
create policy agent_memories_own_insert on public.agent_memories
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy agent_memories_own_update on public.agent_memories
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy agent_memories_own_delete on public.agent_memories
  for delete to authenticated
  using (auth.uid() = org_id);

-- Texts that the assistant proposes.
create table public.agent_drafts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  run_id uuid,
  contact_id uuid,
  channel public.message_channel not null default 'email',
  subject text,
  body text not null,
  status public.draft_status not null default 'draft',
  approved_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_drafts_org_id_run_id_fkey
    foreign key (org_id, run_id) references public.agent_runs (org_id, id) on delete set null (run_id),
  constraint agent_drafts_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index idx_agent_drafts_org_id on public.agent_drafts (org_id);
create index idx_agent_drafts_run_id on public.agent_drafts (run_id);
create index idx_agent_drafts_contact_id on public.agent_drafts (contact_id);
create trigger update_agent_drafts_updated_at
  before update on public.agent_drafts
  for each row execute function public.update_updated_at_column();
alter table public.agent_drafts enable row level security;
create policy agent_drafts_own on public.agent_drafts
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- What people said of a run.
create table public.agent_reviews (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  run_id uuid not null,
  rating smallint not null check (rating between 1 and 5),
  verdict public.review_verdict not null default 'unreviewed',
  comment text,
  created_at timestamptz not null default now(),
  constraint agent_reviews_org_id_run_id_fkey
    foreign key (org_id, run_id) references public.agent_runs (org_id, id) on delete cascade
);
create index idx_agent_reviews_org_id on public.agent_reviews (org_id);
create index idx_agent_reviews_run_id on public.agent_reviews (run_id);
alter table public.agent_reviews enable row level security;
create policy agent_reviews_own_select on public.agent_reviews
  for select to authenticated
  using (auth.uid() = org_id);
create policy agent_reviews_own_insert on public.agent_reviews
  for insert to authenticated
  with check (auth.uid() = org_id);

-- Larger engagements that bundle orders.
create table public.jobs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  client_id uuid,
  job_code text not null,
  title text not null,
  status public.job_status not null default 'open',
  starts_on date,
  ends_on date,
  budget_cents bigint check (budget_cents >= 0),
  scope jsonb not null default '{}',
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint jobs_org_id_id_key unique (org_id, id),
  unique (org_id, job_code),
  constraint jobs_org_id_client_id_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete set null (client_id),
  check (ends_on is null or starts_on is null or ends_on >= starts_on)
);
create index idx_jobs_client_id on public.jobs (client_id);
create trigger update_jobs_updated_at
  before update on public.jobs
  for each row execute function public.update_updated_at_column();
alter table public.jobs enable row level security;
create policy jobs_own_select on public.jobs
  for select to authenticated
  using (auth.uid() = org_id);
create policy jobs_own_insert on public.jobs
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy jobs_own_update on public.jobs
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy jobs_own_delete on public.jobs
  for delete to authenticated
  using (auth.uid() = org_id);

-- What is to be done for a job.
create table public.job_tasks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  job_id uuid not null,
  depends_on_id uuid,
  order_id uuid,
  title text not null,
  status public.task_status not null default 'todo',
  position integer not null default 0,
  checklist jsonb not null default '[]' check (jsonb_typeof(checklist) = 'array'),
  due_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint job_tasks_org_id_id_key unique (org_id, id),
  constraint job_tasks_org_id_job_id_fkey
    foreign key (org_id, job_id) references public.jobs (org_id, id) on delete cascade,
  constraint job_tasks_org_id_depends_on_id_fkey
    foreign key (org_id, depends_on_id) references public.job_tasks (org_id, id) on delete set null (depends_on_id),
  constraint job_tasks_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete set null (order_id)
);
create index idx_job_tasks_org_id on public.job_tasks (org_id);
create index idx_job_tasks_job_id on public.job_tasks (job_id);
create index idx_job_tasks_depends_on_id on public.job_tasks (depends_on_id);
create index idx_job_tasks_order_id on public.job_tasks (order_id);
create trigger update_job_tasks_updated_at
  before update on public.job_tasks
  for each row execute function public.update_updated_at_column();
alter table public.job_tasks enable row level security;
create policy job_tasks_own_select on public.job_tasks
  for select to authenticated
  using (auth.uid() = org_id);
create policy job_tasks_own_insert on public.job_tasks
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy job_tasks_own_update on public.job_tasks
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy job_tasks_own_delete on public.job_tasks
  for delete to authenticated
  using (auth.uid() = org_id);
