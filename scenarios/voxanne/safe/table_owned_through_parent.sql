-- A table without org_id whose policy asks the parent of each row.
-- system: voxanne
-- class: 24
-- expect: clean

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
  for all to authenticated
  using (exists (select from public.calls where calls.id = voicemails.call_id and calls.org_id = (select public.auth_org_id())))
  with check (exists (select from public.calls where calls.id = voicemails.call_id and calls.org_id = (select public.auth_org_id())));
