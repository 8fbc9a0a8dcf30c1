-- A trigger writes the second column, whatever the caller says of it.
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

create function public.keep_tenant_id() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.tenant_id := new.workspace_id;
  return new;
end
$$;
create trigger keep_tenant_id
  before insert or update on public.lead_exports
  for each row execute function public.keep_tenant_id();

create policy workspace_select on public.lead_exports
  for select using (public.user_has_workspace_access(workspace_id));
create policy workspace_insert on public.lead_exports
  for insert with check (public.user_has_workspace_access(workspace_id));
create policy workspace_update on public.lead_exports
  for update using (public.user_has_workspace_access(workspace_id));
create policy workspace_delete on public.lead_exports
  for delete using (public.user_has_workspace_access(workspace_id));

grant select, insert, update, delete on public.lead_exports to authenticated;
