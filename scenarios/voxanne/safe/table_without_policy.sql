-- A table with row security and no policy at all: nobody but the backend reaches it.
-- system: voxanne
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
