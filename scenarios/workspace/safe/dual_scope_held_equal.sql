-- Both columns are there, and the write checks hold them equal.
-- system: workspace
-- class: 23
-- expect: clean

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
  with check (public.user_has_workspace_access(workspace_id) and tenant_id = workspace_id);
create policy lead_exports_update on public.lead_exports
  for update to authenticated
  using (public.user_has_workspace_access(workspace_id))
  with check (public.user_has_workspace_access(workspace_id) and tenant_id = workspace_id);
create policy lead_exports_delete on public.lead_exports
  for delete to authenticated
  using (public.user_has_workspace_access(workspace_id));

grant select, insert, update, delete on public.lead_exports to authenticated;
