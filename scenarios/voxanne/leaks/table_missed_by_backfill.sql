-- A table that the backfill missed: no org_id and no row security, and the default privileges open it to every member.
-- system: voxanne
-- class: 1
-- expect: leak read-row on public.voicemails at voicemails
-- expect: leak insert-row on public.voicemails at voicemails
-- expect: leak update-row on public.voicemails at voicemails
-- expect: leak delete-row on public.voicemails at voicemails
-- note: Owned through calls. Re-parenting and referencing may be reported as well, since nothing holds them back.

create table public.voicemails (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null references public.calls (id) on delete cascade,
  transcript text not null,
  heard_at timestamptz,
  created_at timestamptz not null default now()
);

create index idx_voicemails_call_id on public.voicemails (call_id);
