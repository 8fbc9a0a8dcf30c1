-- The kernel: the event log, the agents and automations that read it, integrations, and notifications.

-- The event log; it grows forever. The backend and triggers write it.
create table public.kernel_events (
  id bigserial primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  event_type text not null,
  source text not null default 'app',
  actor_id uuid,
  entity_type text,
  entity_id uuid,
  payload jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index idx_kernel_events_workspace_id on public.kernel_events (workspace_id);
create index idx_kernel_events_workspace_created on public.kernel_events (workspace_id, created_at desc);
create trigger keep_tenant_id
  before insert or update on public.kernel_events
  for each row execute function public.keep_tenant_id();
alter table public.kernel_events enable row level security;
create policy kernel_events_workspace on public.kernel_events
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- A run of an assistant.
create table public.agent_runs (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  agent_key text not null check (agent_key in ('cmo', 'cro', 'writer', 'analyst')),
  started_by uuid,
  input jsonb not null default '{}',
  output jsonb,
  status text not null default 'running' check (status in ('running', 'succeeded', 'failed', 'cancelled')),
  tokens_used integer not null default 0 check (tokens_used >= 0),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  constraint agent_runs_workspace_id_id_key unique (workspace_id, id),
  constraint agent_runs_started_by_fkey
    foreign key (workspace_id, started_by) references public.workspace_members (workspace_id, user_id) on delete set null (started_by)
);
create index idx_agent_runs_workspace_id on public.agent_runs (workspace_id);
create index idx_agent_runs_started_by on public.agent_runs (started_by);
create trigger keep_tenant_id
  before insert or update on public.agent_runs
  for each row execute function public.keep_tenant_id();
alter table public.agent_runs enable row level security;
create policy agent_runs_workspace on public.agent_runs
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What it decided and why.
create table public.agent_decisions (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  run_id uuid not null,
  decision text not null,
  reasoning text,
  confidence numeric(5, 2) check (confidence between 0 and 100),
  created_at timestamptz not null default now(),
  constraint agent_decisions_run_id_fkey
    foreign key (workspace_id, run_id) references public.agent_runs (workspace_id, id) on delete cascade
);
create index idx_agent_decisions_workspace_id on public.agent_decisions (workspace_id);
create index idx_agent_decisions_run_id on public.agent_decisions (run_id);
create trigger keep_tenant_id
  before insert or update on public.agent_decisions
  for each row execute function public.keep_tenant_id();
alter table public.agent_decisions enable row level security;
create policy agent_decisions_workspace on public.agent_decisions
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What it remembers of the workspace.
create table public.agent_memory (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  agent_key text not null,
  memory_key text not null,
  content text not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_memory_workspace_id_agent_key_memory_key_key unique (workspace_id, agent_key, memory_key)
);
create index idx_agent_memory_workspace_id on public.agent_memory (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.agent_memory
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.agent_memory
  for each row execute function public.touch_updated_at();
alter table public.agent_memory enable row level security;
create policy agent_memory_workspace on public.agent_memory
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- If this then that.
create table public.automations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  trigger_event text not null,
  conditions jsonb not null default '[]',
  actions jsonb not null default '[]',
  enabled boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint automations_workspace_id_id_key unique (workspace_id, id)
);
create index idx_automations_workspace_id on public.automations (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.automations
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.automations
  for each row execute function public.touch_updated_at();
alter table public.automations enable row level security;
create policy automations_workspace on public.automations
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What came of it.
create table public.automation_runs (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  automation_id uuid not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed')),
  log text,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  constraint automation_runs_automation_id_fkey
    foreign key (workspace_id, automation_id) references public.automations (workspace_id, id) on delete cascade
);
create index idx_automation_runs_workspace_id on public.automation_runs (workspace_id);
create index idx_automation_runs_automation_id on public.automation_runs (automation_id);
create trigger keep_tenant_id
  before insert or update on public.automation_runs
  for each row execute function public.keep_tenant_id();
alter table public.automation_runs enable row level security;
create policy automation_runs_workspace on public.automation_runs
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Other products that the workspace connected.
create table public.integrations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  provider text not null,
  status text not null default 'active' check (status in ('active', 'paused', 'broken')),
  config jsonb not null default '{}',
  connected_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint integrations_workspace_id_id_key unique (workspace_id, id),
  constraint integrations_connected_by_fkey
    foreign key (workspace_id, connected_by) references public.workspace_members (workspace_id, user_id) on delete set null (connected_by),
  constraint integrations_workspace_id_provider_key unique (workspace_id, provider)
);
create index idx_integrations_workspace_id on public.integrations (workspace_id);
create index idx_integrations_connected_by on public.integrations (connected_by);
create trigger keep_tenant_id
  before insert or update on public.integrations
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.integrations
  for each row execute function public.touch_updated_at();
alter table public.integrations enable row level security;
create policy integrations_workspace on public.integrations
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Their secrets: row security without a policy, so only the backend reads them.
create table public.integration_credentials (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  integration_id uuid not null,
  ciphertext text not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  constraint integration_credentials_integration_id_fkey
    foreign key (workspace_id, integration_id) references public.integrations (workspace_id, id) on delete cascade
);
create index idx_integration_credentials_workspace_id on public.integration_credentials (workspace_id);
create index idx_integration_credentials_integration_id on public.integration_credentials (integration_id);
create trigger keep_tenant_id
  before insert or update on public.integration_credentials
  for each row execute function public.keep_tenant_id();
alter table public.integration_credentials enable row level security;

-- What a user is told, through one of its memberships; as it was deployed, without row security.
create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  member_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null default 'info' check (kind in ('info', 'approval', 'mention', 'alert', 'digest')),
  title text not null,
  body text,
  link text,
  metadata jsonb not null default '{}',
  read_at timestamptz,
  created_at timestamptz not null default now(),
  constraint notifications_member_fkey
    foreign key (member_id, user_id) references public.workspace_members (id, user_id) on delete cascade
);
create index idx_notifications_user_id_created_at on public.notifications (user_id, created_at desc);
create index idx_notifications_unread on public.notifications (user_id) where (read_at is null);

-- Changes that others react to become events of the same workspace.
create function public.emit_kernel_event() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.kernel_events (workspace_id, event_type, source, actor_id, entity_type, entity_id)
  values (new.workspace_id, tg_table_name || '_' || lower(tg_op), 'trigger', (select auth.uid()), tg_table_name, new.id);
  return null;
end
$$;
create trigger emit_kernel_event
  after insert or update of status on public.leads
  for each row execute function public.emit_kernel_event();
create trigger emit_kernel_event
  after insert or update of stage on public.deals
  for each row execute function public.emit_kernel_event();
