-- The template to its letter: an update policy without a write check holds the new row to its condition too.
-- system: workspace
-- class: 31
-- expect: clean
-- note: PostgreSQL manual, CREATE POLICY: without WITH CHECK, USING stands in.

create table public.lead_notes (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  lead_id uuid not null,
  body text not null,
  created_at timestamptz not null default now(),
  constraint lead_notes_lead_id_fkey
    foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete cascade
);

alter table public.lead_notes enable row level security;

create policy workspace_select on public.lead_notes
  for select using (public.user_has_workspace_access(workspace_id));
create policy workspace_insert on public.lead_notes
  for insert with check (public.user_has_workspace_access(workspace_id));
create policy workspace_update on public.lead_notes
  for update using (public.user_has_workspace_access(workspace_id));
create policy workspace_delete on public.lead_notes
  for delete using (public.user_has_workspace_access(workspace_id));

grant select, insert, update, delete on public.lead_notes to authenticated;
