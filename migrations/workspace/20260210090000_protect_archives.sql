-- Mends recommendation 6: LIKE copies columns, defaults, indexes and checks, but neither row security nor policies nor
-- foreign keys (PostgreSQL manual, CREATE TABLE, LIKE); and only the job may archive.

alter table public.kernel_events_archive enable row level security;
create policy workspace_select on public.kernel_events_archive
  for select
  using (public.user_has_workspace_access(workspace_id));
alter table public.kernel_events_archive add constraint kernel_events_archive_workspace_id_fkey
  foreign key (workspace_id) references public.workspaces (id) on delete cascade;
revoke all on public.kernel_events_archive from anon, authenticated;
grant select on public.kernel_events_archive to authenticated;

alter table public.campaign_metrics_weekly enable row level security;
create policy workspace_select on public.campaign_metrics_weekly
  for select
  using (public.user_has_workspace_access(workspace_id));
revoke all on public.campaign_metrics_weekly from anon, authenticated;
grant select on public.campaign_metrics_weekly to authenticated;

-- Names the columns: the archive need not have those of the table for ever.
create or replace function public.archive_kernel_events() returns bigint
  language sql security definer
  set search_path = ''
as $$
  with old as (
    delete from public.kernel_events
    where kernel_events.created_at < now() - interval '90 days'
    returning *
  ),
  archived as (
    insert into public.kernel_events_archive (
      id, workspace_id, event_type, source, actor_id, entity_type, entity_id, payload, created_at
    )
    select id, workspace_id, event_type, source, actor_id, entity_type, entity_id, payload, created_at
    from old
    returning 1
  )
  select count(*) from archived
$$;
revoke execute on function public.archive_kernel_events() from public, anon, authenticated;
