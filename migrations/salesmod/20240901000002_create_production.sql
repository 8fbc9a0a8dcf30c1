-- Production and kanban: boards, recipes, the steps of each order, who does them and how long they took.

create type public.production_stage as enum ('intake', 'research', 'inspection', 'analysis', 'writing', 'review', 'final');
create type public.production_role as enum ('appraiser', 'trainee', 'reviewer', 'researcher', 'admin');
create type public.task_status as enum ('todo', 'doing', 'blocked', 'done', 'cancelled');
create type public.alert_kind as enum ('overdue', 'due_soon', 'blocked', 'capacity');

-- Boards on which work is moved along.
create table public.kanban_boards (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  description text,
  is_default boolean not null default false,
  settings jsonb not null default '{}',
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint kanban_boards_org_id_id_key unique (org_id, id),
  unique (org_id, name)
);
create trigger update_kanban_boards_updated_at
  before update on public.kanban_boards
  for each row execute function public.update_updated_at_column();
alter table public.kanban_boards enable row level security;
create policy kanban_boards_own_select on public.kanban_boards
  for select to authenticated
  using (auth.uid() = org_id);
create policy kanban_boards_own_insert on public.kanban_boards
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy kanban_boards_own_update on public.kanban_boards
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy kanban_boards_own_delete on public.kanban_boards
  for delete to authenticated
  using (auth.uid() = org_id);

-- The stations of a board.
create table public.kanban_columns (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  board_id uuid not null,
  name text not null,
  position smallint not null check (position >= 0),
  wip_limit smallint check (wip_limit > 0),
  color text not null default '#94a3b8' check (color ~ '^#[0-9a-f]{6}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint kanban_columns_org_id_id_key unique (org_id, id),
  unique (org_id, board_id, position),
  constraint kanban_columns_org_id_board_id_fkey
    foreign key (org_id, board_id) references public.kanban_boards (org_id, id) on delete cascade
);
create index idx_kanban_columns_board_id on public.kanban_columns (board_id);
create trigger update_kanban_columns_updated_at
  before update on public.kanban_columns
  for each row execute function public.update_updated_at_column();
alter table public.kanban_columns enable row level security;
create policy kanban_columns_own on public.kanban_columns
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- A piece of work on a board, most often an order.
create table public.kanban_cards (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  column_id uuid not null,
  order_id uuid,
  title text not null,
  description text,
  labels text[] not null default '{}',
  rank numeric(20, 10) not null default 0,
  due_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint kanban_cards_org_id_column_id_fkey
    foreign key (org_id, column_id) references public.kanban_columns (org_id, id) on delete cascade,
  constraint kanban_cards_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete set null (order_id)
);
create index idx_kanban_cards_org_id on public.kanban_cards (org_id);
create index idx_kanban_cards_column_id on public.kanban_cards (column_id);
create index idx_kanban_cards_order_id on public.kanban_cards (order_id);
create index idx_kanban_cards_column_id_rank on public.kanban_cards (column_id, rank) where (archived_at is null);
create trigger update_kanban_cards_updated_at
  before update on public.kanban_cards
  for each row execute function public.update_updated_at_column();
alter table public.kanban_cards enable row level security;
create policy kanban_cards_own_select on public.kanban_cards
  for select to authenticated
  using (auth.uid() = org_id);
create policy kanban_cards_own_insert on public.kanban_cards
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy kanban_cards_own_update on public.kanban_cards
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy kanban_cards_own_delete on public.kanban_cards
  for delete to authenticated
  using (auth.uid() = org_id);

-- Recipes for the production of one kind of report.
create table public.production_templates (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  form_type text references public.appraisal_form_types (code),
  version integer not null default 1 check (version > 0),
  is_active boolean not null default true,
  applicable_states char(2)[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint production_templates_org_id_id_key unique (org_id, id),
  unique (org_id, name, version)
);
create trigger update_production_templates_updated_at
  before update on public.production_templates
  for each row execute function public.update_updated_at_column();
alter table public.production_templates enable row level security;
create policy production_templates_own_select on public.production_templates
  for select to authenticated
  using (auth.uid() = org_id);
create policy production_templates_own_insert on public.production_templates
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy production_templates_own_update on public.production_templates
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy production_templates_own_delete on public.production_templates
  for delete to authenticated
  using (auth.uid() = org_id);

-- The steps of a recipe.
create table public.production_template_tasks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  template_id uuid not null,
  title text not null,
  stage public.production_stage not null default 'intake',
  estimated_minutes integer not null default 30 check (estimated_minutes between 1 and 10080),
  sort_order smallint not null default 0,
  is_required boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint production_template_tasks_org_id_id_key unique (org_id, id),
  constraint production_template_tasks_org_id_template_id_fkey
    foreign key (org_id, template_id) references public.production_templates (org_id, id) on delete cascade
);
create index idx_production_template_tasks_org_id on public.production_template_tasks (org_id);
create index idx_production_template_tasks_template_id on public.production_template_tasks (template_id);
create trigger update_production_template_tasks_updated_at
  before update on public.production_template_tasks
  for each row execute function public.update_updated_at_column();
alter table public.production_template_tasks enable row level security;
create policy production_template_tasks_own on public.production_template_tasks
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- The small print of a step.
create table public.production_template_subtasks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  template_task_id uuid not null,
  title text not null,
  sort_order smallint not null default 0,
  created_at timestamptz not null default now(),
  constraint production_template_subtasks_org_id_template_task_id_fkey
    foreign key (org_id, template_task_id) references public.production_template_tasks (org_id, id)
    on delete cascade
);
create index idx_production_template_subtasks_org_id on public.production_template_subtasks (org_id);
create index idx_production_template_subtasks_template_task_id on public.production_template_subtasks (template_task_id);
alter table public.production_template_subtasks enable row level security;
create policy production_template_subtasks_own on public.production_template_subtasks
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- One order in production.
create table public.production_cards (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  order_id uuid not null,
  template_id uuid,
  stage public.production_stage not null default 'intake',
  progress smallint not null default 0 check (progress between 0 and 100),
  is_complete boolean generated always as (progress = 100) stored,
  started_at timestamptz,
  completed_at timestamptz,
  hold_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint production_cards_org_id_id_key unique (org_id, id),
  unique (org_id, order_id),
  constraint production_cards_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade,
  constraint production_cards_org_id_template_id_fkey
    foreign key (org_id, template_id) references public.production_templates (org_id, id) on delete set null (template_id),
  check (completed_at is null or started_at is not null)
);
create index idx_production_cards_order_id on public.production_cards (order_id);
create index idx_production_cards_template_id on public.production_cards (template_id);
create trigger update_production_cards_updated_at
  before update on public.production_cards
  for each row execute function public.update_updated_at_column();
alter table public.production_cards enable row level security;
create policy production_cards_own_select on public.production_cards
  for select to authenticated
  using (auth.uid() = org_id);
create policy production_cards_own_insert on public.production_cards
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy production_cards_own_update on public.production_cards
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy production_cards_own_delete on public.production_cards
  for delete to authenticated
  using (auth.uid() = org_id);

-- Who can be given work, and how much of it.
create table public.production_resources (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  email text,
  role public.production_role not null default 'appraiser',
  hourly_rate_cents integer not null default 0 check (hourly_rate_cents >= 0),
  weekly_capacity interval not null default '40 hours',
  licensed_states char(2)[] not null default '{}',
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint production_resources_org_id_id_key unique (org_id, id)
);
create index idx_production_resources_org_id on public.production_resources (org_id);
create trigger update_production_resources_updated_at
  before update on public.production_resources
  for each row execute function public.update_updated_at_column();
alter table public.production_resources enable row level security;
create policy production_resources_own_select on public.production_resources
  for select to authenticated
  using (auth.uid() = org_id);
create policy production_resources_own_insert on public.production_resources
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy production_resources_own_update on public.production_resources
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy production_resources_own_delete on public.production_resources
  for delete to authenticated
  using (auth.uid() = org_id);

-- One step of one order.
create table public.production_tasks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  card_id uuid not null,
  resource_id uuid,
  template_task_id uuid,
  title text not null,
  status public.task_status not null default 'todo',
  priority public.priority_level not null default 'normal',
  estimated_minutes integer check (estimated_minutes > 0),
  due_at timestamptz,
  completed_at timestamptz,
  blocked_by uuid[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint production_tasks_org_id_id_key unique (org_id, id),
  constraint production_tasks_org_id_card_id_fkey
    foreign key (org_id, card_id) references public.production_cards (org_id, id) on delete cascade,
  constraint production_tasks_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.production_resources (org_id, id) on delete set null (resource_id),
  constraint production_tasks_org_id_template_task_id_fkey
    foreign key (org_id, template_task_id) references public.production_template_tasks (org_id, id)
    on delete set null (template_task_id)
);
create index idx_production_tasks_org_id on public.production_tasks (org_id);
create index idx_production_tasks_card_id on public.production_tasks (card_id);
create index idx_production_tasks_resource_id on public.production_tasks (resource_id);
create index idx_production_tasks_template_task_id on public.production_tasks (template_task_id);
create index idx_production_tasks_org_id_status_due_at on public.production_tasks (org_id, status, due_at);
create trigger update_production_tasks_updated_at
  before update on public.production_tasks
  for each row execute function public.update_updated_at_column();
alter table public.production_tasks enable row level security;
create policy production_tasks_own_select on public.production_tasks
  for select to authenticated
  using (auth.uid() = org_id);
create policy production_tasks_own_insert on public.production_tasks
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy production_tasks_own_update on public.production_tasks
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy production_tasks_own_delete on public.production_tasks
  for delete to authenticated
  using (auth.uid() = org_id);

-- Time spent on a step.
create table public.production_time_entries (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  task_id uuid not null,
  resource_id uuid,
  started_at timestamptz not null,
  ended_at timestamptz,
  minutes numeric generated always as (extract(epoch from ended_at - started_at) / 60) stored,
  billable boolean not null default true,
  note text,
  created_at timestamptz not null default now(),
  constraint production_time_entries_org_id_task_id_fkey
    foreign key (org_id, task_id) references public.production_tasks (org_id, id) on delete cascade,
  constraint production_time_entries_org_id_resource_id_fkey
    foreign key (org_id, resource_id) references public.production_resources (org_id, id) on delete set null (resource_id),
  check (ended_at is null or ended_at >= started_at)
);
create index idx_production_time_entries_org_id on public.production_time_entries (org_id);
create index idx_production_time_entries_task_id on public.production_time_entries (task_id);
create index idx_production_time_entries_resource_id on public.production_time_entries (resource_id);
alter table public.production_time_entries enable row level security;
create policy production_time_entries_own on public.production_time_entries
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- What is late, or about to be.
create table public.production_alerts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  task_id uuid,
  card_id uuid,
  kind public.alert_kind not null,
  message text not null,
  acknowledged_at timestamptz,
  created_at timestamptz not null default now(),
  constraint production_alerts_org_id_task_id_fkey
    foreign key (org_id, task_id) references public.production_tasks (org_id, id) on delete cascade,
  constraint production_alerts_org_id_card_id_fkey
    foreign key (org_id, card_id) references public.production_cards (org_id, id) on delete cascade
);
create index idx_production_alerts_org_id on public.production_alerts (org_id);
create index idx_production_alerts_task_id on public.production_alerts (task_id);
create index idx_production_alerts_card_id on public.production_alerts (card_id);
create index idx_production_alerts_org_id_open on public.production_alerts (org_id, created_at desc) where (acknowledged_at is null);
alter table public.production_alerts enable row level security;
create policy production_alerts_own_select on public.production_alerts
  for select to authenticated
  using (auth.uid() = org_id);
create policy production_alerts_own_insert on public.production_alerts
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy production_alerts_own_update on public.production_alerts
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- What is being produced, and how far it is. The view runs as its owner, so it names the user itself.
create view public.production_overview as
  select
    production_cards.id, production_cards.org_id, production_cards.stage, production_cards.progress,
    orders.order_number, orders.due_on, count(production_tasks.id) as tasks,
    count(production_tasks.id) filter (where production_tasks.status = 'done') as tasks_done
  from public.production_cards
  join public.orders on orders.org_id = production_cards.org_id and orders.id = production_cards.order_id
  left join public.production_tasks
    on production_tasks.org_id = production_cards.org_id and production_tasks.card_id = production_cards.id
  where production_cards.org_id = auth.uid()
  group by production_cards.id, orders.id;

-- Marks a task done. Runs as its owner and therefore asks whose task it is.
create function public.complete_production_task(p_task_id uuid) returns boolean
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update public.production_tasks
  set status = 'done', completed_at = now()
  where production_tasks.id = p_task_id and production_tasks.org_id = auth.uid();
  return found;
end
$$;
revoke execute on function public.complete_production_task(uuid) from public, anon;
