-- The write check asks who writes and not where: a member plants rows in another workspace.
-- system: workspace
-- class: 30
-- expect: leak insert-row on public.lead_notes at lead_notes_insert

create table public.lead_notes (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  created_by uuid not null default auth.uid() references auth.users (id) on delete cascade,
  body text not null,
  created_at timestamptz not null default now()
);

alter table public.lead_notes enable row level security;

create policy lead_notes_select on public.lead_notes
  for select using (public.user_has_workspace_access(workspace_id));
create policy lead_notes_insert on public.lead_notes
  for insert to authenticated
  with check (created_by = (select auth.uid()));

grant select, insert on public.lead_notes to authenticated;
