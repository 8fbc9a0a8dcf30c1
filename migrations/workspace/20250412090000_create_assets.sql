-- Assets: files and texts with their versions, their comments and who approved them.

-- Folders.
create table public.asset_folders (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  parent_id uuid,
  name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint asset_folders_workspace_id_id_key unique (workspace_id, id),
  constraint asset_folders_parent_id_fkey
    foreign key (workspace_id, parent_id) references public.asset_folders (workspace_id, id) on delete cascade
);
create index idx_asset_folders_workspace_id on public.asset_folders (workspace_id);
create index idx_asset_folders_parent_id on public.asset_folders (parent_id);
create trigger keep_tenant_id
  before insert or update on public.asset_folders
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.asset_folders
  for each row execute function public.touch_updated_at();
alter table public.asset_folders enable row level security;
create policy asset_folders_workspace on public.asset_folders
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- A file or a text. content holds, among others, the recipients that it was sent to.
create table public.assets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  folder_id uuid,
  campaign_id uuid,
  name text not null,
  asset_type text not null default 'document' check (asset_type in ('document', 'image', 'video', 'email', 'deck')),
  status text not null default 'draft' check (status in ('draft', 'review', 'approved', 'live', 'archived')),
  content jsonb not null default '{}',
  storage_path text,
  bytes bigint check (bytes >= 0),
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint assets_workspace_id_id_key unique (workspace_id, id),
  constraint assets_folder_id_fkey
    foreign key (workspace_id, folder_id) references public.asset_folders (workspace_id, id) on delete set null (folder_id),
  constraint assets_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.cmo_campaigns (workspace_id, id) on delete set null (campaign_id),
  constraint assets_created_by_fkey
    foreign key (workspace_id, created_by) references public.workspace_members (workspace_id, user_id) on delete set null (created_by)
);
create index idx_assets_workspace_id on public.assets (workspace_id);
create index idx_assets_folder_id on public.assets (folder_id);
create index idx_assets_campaign_id on public.assets (campaign_id);
create index idx_assets_created_by on public.assets (created_by);
create trigger keep_tenant_id
  before insert or update on public.assets
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.assets
  for each row execute function public.touch_updated_at();
alter table public.assets enable row level security;
create policy assets_workspace on public.assets
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Earlier states.
create table public.asset_versions (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  asset_id uuid not null,
  version integer not null check (version > 0),
  content jsonb not null default '{}',
  changed_by uuid,
  created_at timestamptz not null default now(),
  constraint asset_versions_asset_id_fkey
    foreign key (workspace_id, asset_id) references public.assets (workspace_id, id) on delete cascade,
  constraint asset_versions_changed_by_fkey
    foreign key (workspace_id, changed_by) references public.workspace_members (workspace_id, user_id) on delete set null (changed_by),
  constraint asset_versions_workspace_id_asset_id_version_key unique (workspace_id, asset_id, version)
);
create index idx_asset_versions_workspace_id on public.asset_versions (workspace_id);
create index idx_asset_versions_asset_id on public.asset_versions (asset_id);
create index idx_asset_versions_changed_by on public.asset_versions (changed_by);
create trigger keep_tenant_id
  before insert or update on public.asset_versions
  for each row execute function public.keep_tenant_id();
alter table public.asset_versions enable row level security;
create policy asset_versions_workspace on public.asset_versions
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What colleagues say of it.
create table public.asset_comments (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  asset_id uuid not null,
  author_id uuid not null,
  body text not null,
  resolved_at timestamptz,
  created_at timestamptz not null default now(),
  constraint asset_comments_asset_id_fkey
    foreign key (workspace_id, asset_id) references public.assets (workspace_id, id) on delete cascade,
  constraint asset_comments_author_id_fkey
    foreign key (workspace_id, author_id) references public.workspace_members (workspace_id, user_id) on delete cascade
);
create index idx_asset_comments_workspace_id on public.asset_comments (workspace_id);
create index idx_asset_comments_asset_id on public.asset_comments (asset_id);
create index idx_asset_comments_author_id on public.asset_comments (author_id);
create trigger keep_tenant_id
  before insert or update on public.asset_comments
  for each row execute function public.keep_tenant_id();
alter table public.asset_comments enable row level security;
create policy asset_comments_workspace on public.asset_comments
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Who approved it; as it was deployed, it belongs to a workspace through its asset only and has no row security.
create type public.approval_status as enum ('pending', 'approved', 'rejected', 'changes_requested');
create table public.asset_approvals (
  id uuid primary key default gen_random_uuid(),
  asset_id uuid not null references public.assets (id) on delete cascade,
  status public.approval_status not null default 'pending',
  requested_by uuid,
  decided_by uuid,
  comment text,
  due_at timestamptz,
  decided_at timestamptz,
  created_at timestamptz not null default now()
);
create index idx_asset_approvals_asset_id on public.asset_approvals (asset_id);
