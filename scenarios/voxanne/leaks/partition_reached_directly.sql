-- The policies stand on the parent; the partition has its own grants and none of them.
-- system: voxanne
-- class: 59
-- expect: leak read-partition on public.call_events_rest at call_events_rest

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

revoke insert, update, delete on public.call_events_rest from authenticated;
