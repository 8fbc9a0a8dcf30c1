-- The brand: what the workspace's business is, whom it addresses and against whom it stands.

-- The business that the growth plans are made for; audiences and colours are kept as JSON.
create table public.business_profiles (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  business_name text not null,
  industry text,
  website text,
  description text,
  annual_revenue numeric(14, 2),
  employee_count integer check (employee_count >= 0),
  target_audiences jsonb not null default '[]',
  brand_colors jsonb not null default '[]',
  tone_of_voice text[] not null default '{}',
  onboarding_completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint business_profiles_workspace_id_id_key unique (workspace_id, id)
);
create index idx_business_profiles_workspace_id on public.business_profiles (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.business_profiles
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.business_profiles
  for each row execute function public.touch_updated_at();
alter table public.business_profiles enable row level security;
create policy business_profiles_workspace on public.business_profiles
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Buyers, as the marketing team imagines them.
create table public.personas (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  profile_id uuid,
  name text not null,
  job_title text,
  pain_points text[] not null default '{}',
  goals text[] not null default '{}',
  demographics jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint personas_workspace_id_id_key unique (workspace_id, id),
  constraint personas_profile_id_fkey
    foreign key (workspace_id, profile_id) references public.business_profiles (workspace_id, id) on delete cascade
);
create index idx_personas_workspace_id on public.personas (workspace_id);
create index idx_personas_profile_id on public.personas (profile_id);
create trigger keep_tenant_id
  before insert or update on public.personas
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.personas
  for each row execute function public.touch_updated_at();
alter table public.personas enable row level security;
create policy personas_workspace on public.personas
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Who else sells to them.
create table public.competitors (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  profile_id uuid,
  name text not null,
  website text,
  strengths text,
  weaknesses text,
  market_share numeric(5, 2) check (market_share between 0 and 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint competitors_profile_id_fkey
    foreign key (workspace_id, profile_id) references public.business_profiles (workspace_id, id) on delete cascade
);
create index idx_competitors_workspace_id on public.competitors (workspace_id);
create index idx_competitors_profile_id on public.competitors (profile_id);
create trigger keep_tenant_id
  before insert or update on public.competitors
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.competitors
  for each row execute function public.touch_updated_at();
alter table public.competitors enable row level security;
create policy competitors_workspace on public.competitors
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- How the brand looks and speaks.
create table public.brand_guidelines (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  profile_id uuid not null,
  section text not null check (section in ('logo', 'typography', 'color', 'voice', 'imagery')),
  body text not null,
  version integer not null default 1 check (version > 0),
  published boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint brand_guidelines_profile_id_fkey
    foreign key (workspace_id, profile_id) references public.business_profiles (workspace_id, id) on delete cascade
);
create index idx_brand_guidelines_workspace_id on public.brand_guidelines (workspace_id);
create index idx_brand_guidelines_profile_id on public.brand_guidelines (profile_id);
create trigger keep_tenant_id
  before insert or update on public.brand_guidelines
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.brand_guidelines
  for each row execute function public.touch_updated_at();
alter table public.brand_guidelines enable row level security;
create policy brand_guidelines_workspace on public.brand_guidelines
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What the brand promises to whom.
create table public.value_propositions (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  persona_id uuid,
  headline text not null,
  proof text,
  rank smallint not null default 1,
  created_at timestamptz not null default now(),
  constraint value_propositions_persona_id_fkey
    foreign key (workspace_id, persona_id) references public.personas (workspace_id, id) on delete cascade
);
create index idx_value_propositions_workspace_id on public.value_propositions (workspace_id);
create index idx_value_propositions_persona_id on public.value_propositions (persona_id);
create trigger keep_tenant_id
  before insert or update on public.value_propositions
  for each row execute function public.keep_tenant_id();
alter table public.value_propositions enable row level security;
create policy value_propositions_workspace on public.value_propositions
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
