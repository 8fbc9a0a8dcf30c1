-- Workspaces, who is a member of which, and the functions by which policies ask for it.

create type public.member_role as enum ('owner', 'admin', 'member', 'viewer');
create type public.member_status as enum ('active', 'suspended', 'removed');

create function public.touch_updated_at() returns trigger
  language plpgsql
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- tenant_id is the first name of workspace_id, and old code still reads it. Whoever fills only one fills both.
create function public.keep_tenant_id() returns trigger
  language plpgsql
as $$
begin
  new.workspace_id := coalesce(new.workspace_id, new.tenant_id);
  new.tenant_id := new.workspace_id;
  return new;
end
$$;

-- The plans that everybody is offered.
create table public.plans (
  code text primary key,
  name text not null,
  monthly_cents integer not null check (monthly_cents >= 0),
  seats integer not null check (seats > 0),
  features jsonb not null default '{}'
);
insert into public.plans (code, name, monthly_cents, seats)
values ('starter', 'Starter', 4900, 3), ('growth', 'Growth', 19900, 10), ('scale', 'Scale', 79900, 50);

create table public.workspaces (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name <> ''),
  plan_code text not null default 'starter' references public.plans (code),
  timezone text not null default 'UTC',
  settings jsonb not null default '{}',
  trial_ends_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_workspaces_plan_code on public.workspaces (plan_code);
create trigger touch_updated_at
  before update on public.workspaces
  for each row execute function public.touch_updated_at();

create table public.workspace_members (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.member_role not null default 'member',
  status public.member_status not null default 'active',
  title text,
  joined_at timestamptz not null default now(),
  constraint workspace_members_workspace_id_user_id_key unique (workspace_id, user_id),
  constraint workspace_members_id_user_id_key unique (id, user_id)
);
create index idx_workspace_members_user_id on public.workspace_members (user_id);

-- A person, whichever workspaces it works in; the one that opens first is one of its own.
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  full_name text,
  avatar_url text,
  locale text not null default 'en',
  default_workspace_id uuid,
  preferences jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint profiles_default_workspace_fkey
    foreign key (default_workspace_id, id) references public.workspace_members (workspace_id, user_id)
    on delete set null (default_workspace_id)
);
create trigger touch_updated_at
  before update on public.profiles
  for each row execute function public.touch_updated_at();

-- Runs as its owner: the policy of workspace_members itself asks it.
create function public.user_has_workspace_access(p_workspace_id uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select
    from public.workspace_members as member
    where member.workspace_id = p_workspace_id and member.user_id = (select auth.uid()) and member.status = 'active'
  )
$$;

create function public.user_administers_workspace(p_workspace_id uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select
    from public.workspace_members as member
    where member.workspace_id = p_workspace_id and member.user_id = (select auth.uid()) and member.status = 'active'
      and member.role in ('owner', 'admin')
  )
$$;

alter table public.plans enable row level security;
create policy plans_read on public.plans
  for select to anon, authenticated
  using (true);

alter table public.workspaces enable row level security;
create policy workspaces_select on public.workspaces
  for select to authenticated
  using (public.user_has_workspace_access(id));
create policy workspaces_update on public.workspaces
  for update to authenticated
  using (public.user_administers_workspace(id))
  with check (public.user_administers_workspace(id));

alter table public.workspace_members enable row level security;
create policy workspace_members_select on public.workspace_members
  for select to authenticated
  using (public.user_has_workspace_access(workspace_id));
create policy workspace_members_administer on public.workspace_members
  for all to authenticated
  using (public.user_administers_workspace(workspace_id))
  with check (public.user_administers_workspace(workspace_id));

alter table public.profiles enable row level security;
create policy profiles_own on public.profiles
  for all to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

-- Which professional roles a member has in the product; as it was deployed, without row security.
create type public.app_role as enum ('cmo', 'cro', 'strategist', 'analyst', 'approver');
create table public.user_roles (
  id uuid primary key default gen_random_uuid(),
  member_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.app_role not null,
  granted_by uuid,
  granted_at timestamptz not null default now(),
  constraint user_roles_member_fkey
    foreign key (member_id, user_id) references public.workspace_members (id, user_id) on delete cascade,
  constraint user_roles_member_id_role_key unique (member_id, role)
);
create index idx_user_roles_user_id on public.user_roles (user_id);

-- Who was asked to join.
create table public.workspace_invitations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  email text not null,
  role public.member_role not null default 'member' check (role <> 'owner'),
  token_hash text not null,
  invited_by uuid,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  created_at timestamptz not null default now(),
  constraint workspace_invitations_invited_by_fkey
    foreign key (workspace_id, invited_by) references public.workspace_members (workspace_id, user_id) on delete set null (invited_by),
  constraint workspace_invitations_workspace_id_email_key unique (workspace_id, email)
);
create index idx_workspace_invitations_workspace_id on public.workspace_invitations (workspace_id);
create index idx_workspace_invitations_invited_by on public.workspace_invitations (invited_by);
create trigger keep_tenant_id
  before insert or update on public.workspace_invitations
  for each row execute function public.keep_tenant_id();
alter table public.workspace_invitations enable row level security;
create policy workspace_invitations_workspace on public.workspace_invitations
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Settings of the workspace, by key.
create table public.workspace_settings (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  key text not null,
  value jsonb not null default 'null',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workspace_settings_workspace_id_key_key unique (workspace_id, key)
);
create index idx_workspace_settings_workspace_id on public.workspace_settings (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.workspace_settings
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.workspace_settings
  for each row execute function public.touch_updated_at();
alter table public.workspace_settings enable row level security;
create policy workspace_settings_workspace on public.workspace_settings
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Keys of the workspace's own programs.
create table public.api_keys (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  key_prefix text not null,
  key_hash text not null,
  scopes text[] not null default '{}',
  created_by uuid,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  constraint api_keys_created_by_fkey
    foreign key (workspace_id, created_by) references public.workspace_members (workspace_id, user_id) on delete set null (created_by)
);
create index idx_api_keys_workspace_id on public.api_keys (workspace_id);
create index idx_api_keys_created_by on public.api_keys (created_by);
create trigger keep_tenant_id
  before insert or update on public.api_keys
  for each row execute function public.keep_tenant_id();
alter table public.api_keys enable row level security;
create policy api_keys_workspace on public.api_keys
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Who did what.
create table public.audit_entries (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  actor_id uuid,
  action text not null,
  subject_table text,
  subject_id uuid,
  detail jsonb not null default '{}',
  ip inet,
  created_at timestamptz not null default now(),
  constraint audit_entries_actor_id_fkey
    foreign key (workspace_id, actor_id) references public.workspace_members (workspace_id, user_id) on delete set null (actor_id)
);
create index idx_audit_entries_workspace_id on public.audit_entries (workspace_id);
create index idx_audit_entries_actor_id on public.audit_entries (actor_id);
create index idx_audit_entries_workspace_created on public.audit_entries (workspace_id, created_at desc);
create trigger keep_tenant_id
  before insert or update on public.audit_entries
  for each row execute function public.keep_tenant_id();
alter table public.audit_entries enable row level security;
create policy audit_entries_workspace on public.audit_entries
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
