-- User model, calls: what was said, how it went, where it came from and what became of it.

create type public.call_direction as enum ('inbound', 'outbound');
create type public.call_status as enum ('queued', 'ringing', 'in_progress', 'completed', 'failed', 'no_answer', 'voicemail');
create type public.sentiment_label as enum ('negative', 'neutral', 'positive');
create type public.upload_status as enum ('pending', 'uploading', 'done', 'failed');

-- A call with its outcome.
create table public.calls (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  agent_id uuid references public.agents (id) on delete set null,
  phone_number_id uuid references public.user_phone_numbers (id) on delete set null,
  vapi_call_id text unique,
  direction public.call_direction not null default 'inbound',
  status public.call_status not null default 'queued',
  from_number text,
  to_number text,
  started_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer generated always as (extract(epoch from ended_at - started_at)::integer) stored,
  cost_cents integer not null default 0 check (cost_cents >= 0),
  recording_url text,
  transcript text,
  metadata jsonb not null default '{}',
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (ended_at is null or ended_at >= started_at)
);
create index idx_calls_user_id_created_at on public.calls (user_id, created_at desc);
create index idx_calls_agent_id on public.calls (agent_id);
create index idx_calls_phone_number_id on public.calls (phone_number_id);
create index idx_calls_user_id_status_live on public.calls (user_id, status) where (deleted_at is null);
create trigger update_calls_updated_at
  before update on public.calls
  for each row execute function public.update_updated_at_column();
alter table public.calls enable row level security;
create policy calls_own_select on public.calls
  for select to authenticated
  using (user_id = auth.uid());
create policy calls_own_insert on public.calls
  for insert to authenticated
  with check (user_id = auth.uid());
create policy calls_own_update on public.calls
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy calls_own_delete on public.calls
  for delete to authenticated
  using (user_id = auth.uid());

-- What happened during a call, line by line.
create table public.call_logs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  call_id uuid not null references public.calls (id) on delete cascade,
  level text not null default 'info' check (level in ('debug', 'info', 'warning', 'error')),
  event text not null,
  message text,
  payload jsonb not null default '{}',
  logged_at timestamptz not null default now()
);
create index idx_call_logs_user_id_logged_at on public.call_logs (user_id, logged_at desc);
create index idx_call_logs_call_id on public.call_logs (call_id);
alter table public.call_logs enable row level security;
create policy call_logs_own on public.call_logs
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Where a caller came from; belongs to the user through its call.
create table public.call_tracking (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null references public.calls (id) on delete cascade,
  source text,
  medium text,
  campaign text,
  landing_page text,
  click_id text,
  created_at timestamptz not null default now()
);
create index idx_call_tracking_call_id on public.call_tracking (call_id);
alter table public.call_tracking enable row level security;
create policy call_tracking_own on public.call_tracking
  for all to authenticated
  using (
    exists (
      select from public.calls as parent where parent.id = call_tracking.call_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.calls as parent where parent.id = call_tracking.call_id and parent.user_id = auth.uid()
    )
  );

-- Calls that are on the line now.
create table public.user_active_calls (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  call_id uuid not null references public.calls (id) on delete cascade,
  channel_count smallint not null default 1 check (channel_count > 0),
  started_at timestamptz not null default now(),
  unique (user_id, call_id)
);
create index idx_user_active_calls_call_id on public.user_active_calls (call_id);
alter table public.user_active_calls enable row level security;
create policy user_active_calls_own on public.user_active_calls
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- How a call felt, by model.
create table public.sentiment_analysis (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  call_id uuid not null references public.calls (id) on delete cascade,
  model text not null default 'default',
  score numeric(4, 3) not null check (score between -1 and 1),
  label public.sentiment_label not null,
  keywords text[] not null default '{}',
  analysed_at timestamptz not null default now(),
  unique (call_id, model)
);
create index idx_sentiment_analysis_user_id on public.sentiment_analysis (user_id);
alter table public.sentiment_analysis enable row level security;
create policy sentiment_analysis_own on public.sentiment_analysis
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Recordings on their way to storage; belongs to the user through its call.
create table public.recording_upload_queue (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null references public.calls (id) on delete cascade,
  source_url text not null,
  storage_path text,
  status public.upload_status not null default 'pending',
  attempts integer not null default 0 check (attempts >= 0),
  last_error text,
  next_attempt_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (call_id)
);
create index idx_recording_upload_queue_status_next_attempt_at on public.recording_upload_queue (status, next_attempt_at);
create trigger update_recording_upload_queue_updated_at
  before update on public.recording_upload_queue
  for each row execute function public.update_updated_at_column();
alter table public.recording_upload_queue enable row level security;
create policy recording_upload_queue_own on public.recording_upload_queue
  for all to authenticated
  using (
    exists (
      select from public.calls as parent where parent.id = recording_upload_queue.call_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.calls as parent where parent.id = recording_upload_queue.call_id and parent.user_id = auth.uid()
    )
  );

-- Answers that an agent made up; belongs to the user through its call.
create table public.hallucination_flags (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null references public.calls (id) on delete cascade,
  agent_id uuid references public.agents (id) on delete set null,
  excerpt text not null,
  expected text,
  severity smallint not null default 1 check (severity between 1 and 5),
  resolved_at timestamptz,
  created_at timestamptz not null default now()
);
create index idx_hallucination_flags_call_id on public.hallucination_flags (call_id);
create index idx_hallucination_flags_agent_id on public.hallucination_flags (agent_id);
alter table public.hallucination_flags enable row level security;
create policy hallucination_flags_own on public.hallucination_flags
  for all to authenticated
  using (
    exists (
      select from public.calls as parent where parent.id = hallucination_flags.call_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.calls as parent where parent.id = hallucination_flags.call_id and parent.user_id = auth.uid()
    )
  );

-- Webhooks that were handled, so that none is handled twice. Only the backend reads and writes it.
create table public.processed_webhook_events (
  id uuid primary key default gen_random_uuid(),
  event_id text not null,
  source text not null default 'vapi',
  event_type text,
  payload jsonb not null default '{}',
  processed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint processed_webhook_events_event_id_key unique (event_id)
);
create index idx_processed_webhook_events_processed_at on public.processed_webhook_events (processed_at);
alter table public.processed_webhook_events enable row level security;

-- A user's calls with the agent that took them. The view runs as its owner, so it names the user itself.
create view public.call_overview as
  select
    calls.id, calls.user_id, calls.direction, calls.status, calls.started_at, calls.duration_seconds, calls.cost_cents,
    agents.name as agent_name, sentiment_analysis.label as sentiment
  from public.calls
  left join public.agents on agents.id = calls.agent_id
  left join public.sentiment_analysis on sentiment_analysis.call_id = calls.id
  where calls.deleted_at is null and calls.user_id = auth.uid();
