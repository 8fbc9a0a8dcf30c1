-- The policy asks whether the caller has any call at all, and not whether it has this one.
-- system: voxanne
-- class: 13
-- expect: leak read-row on public.voicemails at voicemails_org

create table public.voicemails (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null references public.calls (id) on delete cascade,
  transcript text not null,
  heard_at timestamptz,
  created_at timestamptz not null default now()
);

create index idx_voicemails_call_id on public.voicemails (call_id);

alter table public.voicemails enable row level security;

create policy voicemails_org on public.voicemails
  for select to authenticated
  using (exists (select from public.calls where calls.org_id = (select public.auth_org_id())));
