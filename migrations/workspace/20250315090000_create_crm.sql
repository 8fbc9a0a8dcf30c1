-- The relations: companies, contacts and leads with what happened to them.

-- Companies that are sold to.
create table public.companies (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  domain text,
  industry text,
  employee_count integer check (employee_count >= 0),
  owner_id uuid,
  custom_fields jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint companies_workspace_id_id_key unique (workspace_id, id),
  constraint companies_owner_id_fkey
    foreign key (workspace_id, owner_id) references public.workspace_members (workspace_id, user_id) on delete set null (owner_id),
  constraint companies_workspace_id_domain_key unique (workspace_id, domain)
);
create index idx_companies_workspace_id on public.companies (workspace_id);
create index idx_companies_owner_id on public.companies (owner_id);
create trigger keep_tenant_id
  before insert or update on public.companies
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.companies
  for each row execute function public.touch_updated_at();
alter table public.companies enable row level security;
create policy companies_workspace on public.companies
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- People at those companies.
create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  company_id uuid,
  first_name text,
  last_name text,
  full_name text generated always as (coalesce(first_name || ' ', '') || coalesce(last_name, '')) stored,
  email text,
  phone text,
  linkedin_url text,
  unsubscribed boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint contacts_workspace_id_id_key unique (workspace_id, id),
  constraint contacts_company_id_fkey
    foreign key (workspace_id, company_id) references public.companies (workspace_id, id) on delete set null (company_id)
);
create index idx_contacts_workspace_id on public.contacts (workspace_id);
create index idx_contacts_company_id on public.contacts (company_id);
create trigger keep_tenant_id
  before insert or update on public.contacts
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.contacts
  for each row execute function public.touch_updated_at();
alter table public.contacts enable row level security;
create policy contacts_workspace on public.contacts
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- People who may buy. The status is free text, as every team has its own words.
create table public.leads (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  company_id uuid,
  first_name text,
  last_name text,
  email text,
  phone text,
  status text not null default 'new',
  source text,
  score integer default 0,
  tags text[],
  owner_id uuid,
  custom_fields jsonb not null default '{}',
  last_contacted_at timestamptz,
  converted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint leads_workspace_id_id_key unique (workspace_id, id),
  constraint leads_company_id_fkey
    foreign key (workspace_id, company_id) references public.companies (workspace_id, id) on delete set null (company_id),
  constraint leads_owner_id_fkey
    foreign key (workspace_id, owner_id) references public.workspace_members (workspace_id, user_id) on delete set null (owner_id)
);
create index idx_leads_workspace_id on public.leads (workspace_id);
create index idx_leads_company_id on public.leads (company_id);
create index idx_leads_owner_id on public.leads (owner_id);
create trigger keep_tenant_id
  before insert or update on public.leads
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.leads
  for each row execute function public.touch_updated_at();
alter table public.leads enable row level security;
create policy leads_workspace on public.leads
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What was done with a lead.
create table public.lead_activities (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  lead_id uuid not null,
  actor_id uuid,
  kind text not null check (kind in ('note', 'call', 'email', 'meeting', 'status_change')),
  body text,
  metadata jsonb not null default '{}',
  occurred_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint lead_activities_lead_id_fkey
    foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete cascade,
  constraint lead_activities_actor_id_fkey
    foreign key (workspace_id, actor_id) references public.workspace_members (workspace_id, user_id) on delete set null (actor_id)
);
create index idx_lead_activities_workspace_id on public.lead_activities (workspace_id);
create index idx_lead_activities_lead_id on public.lead_activities (lead_id);
create index idx_lead_activities_actor_id on public.lead_activities (actor_id);
create trigger keep_tenant_id
  before insert or update on public.lead_activities
  for each row execute function public.keep_tenant_id();
alter table public.lead_activities enable row level security;
create policy lead_activities_workspace on public.lead_activities
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Scores over time; row security was never switched on.
create table public.lead_scores (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  lead_id uuid not null,
  model text not null default 'v1',
  score numeric(5, 2) not null,
  reasons jsonb not null default '[]',
  scored_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint lead_scores_lead_id_fkey
    foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete cascade
);
create index idx_lead_scores_workspace_id on public.lead_scores (workspace_id);
create index idx_lead_scores_lead_id on public.lead_scores (lead_id);
create trigger keep_tenant_id
  before insert or update on public.lead_scores
  for each row execute function public.keep_tenant_id();

-- Lists that campaigns are sent to.
create table public.lead_lists (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  description text,
  filter jsonb not null default '{}',
  is_dynamic boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint lead_lists_workspace_id_id_key unique (workspace_id, id),
  constraint lead_lists_workspace_id_name_key unique (workspace_id, name)
);
create index idx_lead_lists_workspace_id on public.lead_lists (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.lead_lists
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.lead_lists
  for each row execute function public.touch_updated_at();
alter table public.lead_lists enable row level security;
create policy lead_lists_workspace on public.lead_lists
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Which lead is on which list; the lead is named by its id alone.
create table public.lead_list_members (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  list_id uuid not null,
  lead_id uuid not null,
  added_by uuid,
  created_at timestamptz not null default now(),
  constraint lead_list_members_list_id_fkey
    foreign key (workspace_id, list_id) references public.lead_lists (workspace_id, id) on delete cascade,
  constraint lead_list_members_lead_id_fkey
    foreign key (lead_id) references public.leads (id) on delete cascade,
  constraint lead_list_members_added_by_fkey
    foreign key (workspace_id, added_by) references public.workspace_members (workspace_id, user_id) on delete set null (added_by),
  constraint lead_list_members_workspace_id_list_id_lead_id_key unique (workspace_id, list_id, lead_id)
);
create index idx_lead_list_members_workspace_id on public.lead_list_members (workspace_id);
create index idx_lead_list_members_list_id on public.lead_list_members (list_id);
create index idx_lead_list_members_lead_id on public.lead_list_members (lead_id);
create index idx_lead_list_members_added_by on public.lead_list_members (added_by);
create trigger keep_tenant_id
  before insert or update on public.lead_list_members
  for each row execute function public.keep_tenant_id();
alter table public.lead_list_members enable row level security;
create policy lead_list_members_workspace on public.lead_list_members
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Labels for anything.
create table public.tags (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  color text not null default '#888888',
  created_at timestamptz not null default now(),
  constraint tags_workspace_id_name_key unique (workspace_id, name)
);
create index idx_tags_workspace_id on public.tags (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.tags
  for each row execute function public.keep_tenant_id();
alter table public.tags enable row level security;
create policy tags_workspace on public.tags
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
