-- Nobody but the backend may name the partition; members pass through the parent.
-- system: voxanne
-- class: 59
-- expect: clean

create table public.call_events (
  id uuid not null default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null,
  payload jsonb not null default '{}',
  occurred_at timestamptz not null default now(),
  primary key (id, occurred_at)
) partition by range (occurred_at);

create table public.call_events_rest partition of public.call_events default;

create trigger org_id_immutable_call_events
  before update on public.call_events
  for each row execute function public.prevent_org_id_change();

alter table public.call_events enable row level security;

create policy call_events_org on public.call_events
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

revoke all on public.call_events_rest from anon, authenticated;
