-- What is written by workspace_id is read by tenant_id: a member plants rows in a workspace that it cannot see.
-- system: workspace
-- class: 23
-- expect: leak insert-row on public.lead_exports at lead_exports_insert

create table public.lead_exports (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid not null references public.workspaces (id) on delete cascade,
  file_name text not null,
  created_at timestamptz not null default now()
);

alter table public.lead_exports enable row level security;

create policy lead_exports_select on public.lead_exports
  for select to authenticated
  using (public.user_has_workspace_access(tenant_id));
create policy lead_exports_insert on public.lead_exports
  for insert to authenticated
  with check (public.user_has_workspace_access(workspace_id));
create policy lead_exports_delete on public.lead_exports
  for delete to authenticated
  using (public.user_has_workspace_access(workspace_id) and public.user_has_workspace_access(tenant_id));

grant select, insert, delete on public.lead_exports to authenticated;
