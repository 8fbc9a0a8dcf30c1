-- Integrations: other accounts, mail, chat, webhooks, keys of programs, and imports.

create type public.sync_status as enum ('idle', 'running', 'succeeded', 'failed');
create type public.mail_direction as enum ('inbound', 'outbound');
create type public.chat_role as enum ('user', 'assistant', 'system', 'tool');

-- Access to a person's accounts elsewhere.
create table public.oauth_tokens (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  provider text not null check (provider in ('google', 'microsoft', 'quickbooks', 'dropbox')),
  account_email text not null,
  access_token_encrypted text not null,
  refresh_token_encrypted text,
  scopes text[] not null default '{}',
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, provider, account_email)
);
create trigger update_oauth_tokens_updated_at
  before update on public.oauth_tokens
  for each row execute function public.update_updated_at_column();
alter table public.oauth_tokens enable row level security;
create policy oauth_tokens_own_select on public.oauth_tokens
  for select to authenticated
  using (auth.uid() = org_id);
create policy oauth_tokens_own_insert on public.oauth_tokens
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy oauth_tokens_own_update on public.oauth_tokens
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy oauth_tokens_own_delete on public.oauth_tokens
  for delete to authenticated
  using (auth.uid() = org_id);

-- How far a mailbox was read.
create table public.gmail_sync_state (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  mailbox text not null,
  history_id bigint,
  status public.sync_status not null default 'idle',
  last_synced_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint gmail_sync_state_org_id_id_key unique (org_id, id),
  unique (org_id, mailbox)
);
create trigger update_gmail_sync_state_updated_at
  before update on public.gmail_sync_state
  for each row execute function public.update_updated_at_column();
alter table public.gmail_sync_state enable row level security;
create policy gmail_sync_state_own_select on public.gmail_sync_state
  for select to authenticated
  using (auth.uid() = org_id);
create policy gmail_sync_state_own_insert on public.gmail_sync_state
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy gmail_sync_state_own_update on public.gmail_sync_state
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Mails that were read in.
create table public.gmail_messages (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  contact_id uuid,
  order_id uuid,
  gmail_id text not null,
  thread_id text not null,
  direction public.mail_direction not null default 'inbound',
  from_address text not null,
  to_addresses text[] not null default '{}',
  subject text,
  snippet text,
  labels text[] not null default '{}',
  received_at timestamptz not null,
  created_at timestamptz not null default now(),
  unique (org_id, gmail_id),
  constraint gmail_messages_org_id_contact_id_fkey
    foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id),
  constraint gmail_messages_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete set null (order_id)
);
create index idx_gmail_messages_contact_id on public.gmail_messages (contact_id);
create index idx_gmail_messages_order_id on public.gmail_messages (order_id);
create index idx_gmail_messages_thread_id on public.gmail_messages (thread_id, received_at);
alter table public.gmail_messages enable row level security;
create policy gmail_messages_own_select on public.gmail_messages
  for select to authenticated
  using (auth.uid() = org_id);
create policy gmail_messages_own_insert on public.gmail_messages
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy gmail_messages_own_update on public.gmail_messages
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy gmail_messages_own_delete on public.gmail_messages
  for delete to authenticated
  using (auth.uid() = org_id);

-- Conversations with the assistant.
create table public.chat_messages (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  run_id uuid,
  conversation_id uuid not null default gen_random_uuid(),
  role public.chat_role not null,
  content text not null,
  citations jsonb not null default '[]',
  token_count integer not null default 0,
  created_at timestamptz not null default now(),
  constraint chat_messages_org_id_id_key unique (org_id, id),
  constraint chat_messages_org_id_run_id_fkey
    foreign key (org_id, run_id) references public.agent_runs (org_id, id) on delete set null (run_id)
);
create index idx_chat_messages_org_id on public.chat_messages (org_id);
create index idx_chat_messages_run_id on public.chat_messages (run_id);
create index idx_chat_messages_conversation_id on public.chat_messages (conversation_id, created_at);
alter table public.chat_messages enable row level security;
create policy chat_messages_own_select on public.chat_messages
  for select to authenticated
  using (auth.uid() = org_id);
create policy chat_messages_own_insert on public.chat_messages
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy chat_messages_own_update on public.chat_messages
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy chat_messages_own_delete on public.chat_messages
  for delete to authenticated
  using (auth.uid() = org_id);

-- Texts as vectors, for the assistant's search.
create table public.embeddings_index (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  chat_message_id uuid,
  order_id uuid,
  source_type text not null check (source_type in ('order', 'contact', 'chat', 'document')),
  source_id uuid not null,
  content text not null,
  embedding real[] not null,
  content_hash bytea,
  created_at timestamptz not null default now(),
  unique (org_id, source_type, source_id, content_hash),
  constraint embeddings_index_org_id_chat_message_id_fkey
    foreign key (org_id, chat_message_id) references public.chat_messages (org_id, id) on delete cascade,
  constraint embeddings_index_org_id_order_id_fkey
    foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade
);
create index idx_embeddings_index_chat_message_id on public.embeddings_index (chat_message_id);
create index idx_embeddings_index_order_id on public.embeddings_index (order_id);
alter table public.embeddings_index enable row level security;
create policy embeddings_index_own on public.embeddings_index
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- Where the product reports events to.
create table public.webhooks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  url text not null check (url like 'http%'),
  secret text not null,
  events text[] not null default '{}',
  is_active boolean not null default true,
  failure_count integer not null default 0 check (failure_count >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhooks_org_id_id_key unique (org_id, id)
);
create index idx_webhooks_org_id on public.webhooks (org_id);
create trigger update_webhooks_updated_at
  before update on public.webhooks
  for each row execute function public.update_updated_at_column();
alter table public.webhooks enable row level security;
create policy webhooks_own_select on public.webhooks
  for select to authenticated
  using (auth.uid() = org_id);
create policy webhooks_own_insert on public.webhooks
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy webhooks_own_update on public.webhooks
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy webhooks_own_delete on public.webhooks
  for delete to authenticated
  using (auth.uid() = org_id);

-- What was sent to a webhook.
create table public.webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  webhook_id uuid not null,
  event text not null,
  payload jsonb not null default '{}',
  response_status smallint,
  attempts smallint not null default 1 check (attempts > 0),
  delivered_at timestamptz not null default now(),
  constraint webhook_deliveries_org_id_webhook_id_fkey
    foreign key (org_id, webhook_id) references public.webhooks (org_id, id) on delete cascade
);
create index idx_webhook_deliveries_org_id on public.webhook_deliveries (org_id);
create index idx_webhook_deliveries_webhook_id on public.webhook_deliveries (webhook_id);
alter table public.webhook_deliveries enable row level security;
create policy webhook_deliveries_own_select on public.webhook_deliveries
  for select to authenticated
  using (auth.uid() = org_id);

-- Keys of programs that act for the owner.
create table public.api_keys (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  name text not null,
  key_prefix text not null,
  key_hash bytea not null,
  scopes text[] not null default '{read}',
  last_used_at timestamptz,
  last_used_ip inet,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  constraint api_keys_org_id_id_key unique (org_id, id),
  unique (org_id, key_prefix)
);
alter table public.api_keys enable row level security;
create policy api_keys_own_select on public.api_keys
  for select to authenticated
  using (auth.uid() = org_id);
create policy api_keys_own_insert on public.api_keys
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy api_keys_own_update on public.api_keys
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy api_keys_own_delete on public.api_keys
  for delete to authenticated
  using (auth.uid() = org_id);

-- What was asked with a key.
create table public.api_request_logs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  api_key_id uuid,
  method text not null check (method in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
  path text not null,
  status_code smallint not null check (status_code between 100 and 599),
  duration_ms integer,
  requested_at timestamptz not null default now(),
  constraint api_request_logs_org_id_api_key_id_fkey
    foreign key (org_id, api_key_id) references public.api_keys (org_id, id) on delete set null (api_key_id)
);
create index idx_api_request_logs_org_id on public.api_request_logs (org_id);
create index idx_api_request_logs_api_key_id on public.api_request_logs (api_key_id);
create index idx_api_request_logs_org_id_requested_at on public.api_request_logs (org_id, requested_at desc);
alter table public.api_request_logs enable row level security;
create policy api_request_logs_own_select on public.api_request_logs
  for select to authenticated
  using (auth.uid() = org_id);

-- What was exchanged with another system.
create table public.sync_logs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  sync_state_id uuid,
  system text not null,
  direction public.mail_direction not null default 'inbound',
  records integer not null default 0 check (records >= 0),
  error text,
  ran_at timestamptz not null default now(),
  constraint sync_logs_org_id_sync_state_id_fkey
    foreign key (org_id, sync_state_id) references public.gmail_sync_state (org_id, id) on delete set null (sync_state_id)
);
create index idx_sync_logs_org_id on public.sync_logs (org_id);
create index idx_sync_logs_sync_state_id on public.sync_logs (sync_state_id);
alter table public.sync_logs enable row level security;
create policy sync_logs_own_select on public.sync_logs
  for select to authenticated
  using (auth.uid() = org_id);
create policy sync_logs_own_insert on public.sync_logs
  for insert to authenticated
  with check (auth.uid() = org_id);

-- Files that were read in.
create table public.import_jobs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  file_name text not null,
  entity text not null check (entity in ('clients', 'contacts', 'orders', 'properties')),
  status public.sync_status not null default 'idle',
  total_rows integer not null default 0 check (total_rows >= 0),
  failed_rows integer not null default 0 check (failed_rows >= 0),
  mapping jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint import_jobs_org_id_id_key unique (org_id, id),
  check (failed_rows <= total_rows)
);
create index idx_import_jobs_org_id on public.import_jobs (org_id);
create trigger update_import_jobs_updated_at
  before update on public.import_jobs
  for each row execute function public.update_updated_at_column();
alter table public.import_jobs enable row level security;
create policy import_jobs_own_select on public.import_jobs
  for select to authenticated
  using (auth.uid() = org_id);
create policy import_jobs_own_insert on public.import_jobs
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy import_jobs_own_update on public.import_jobs
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy import_jobs_own_delete on public.import_jobs
  for delete to authenticated
  using (auth.uid() = org_id);

-- Lines of a file that were refused.
create table public.import_row_errors (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  import_job_id uuid not null,
  row_number integer not null check (row_number > 0),
  message text not null,
  raw_row jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint import_row_errors_org_id_import_job_id_fkey
    foreign key (org_id, import_job_id) references public.import_jobs (org_id, id) on delete cascade
);
create index idx_import_row_errors_org_id on public.import_row_errors (org_id);
create index idx_import_row_errors_import_job_id on public.import_row_errors (import_job_id);
alter table public.import_row_errors enable row level security;
create policy import_row_errors_own_select on public.import_row_errors
  for select to authenticated
  using (auth.uid() = org_id);
create policy import_row_errors_own_insert on public.import_row_errors
  for insert to authenticated
  with check (auth.uid() = org_id);

-- Texts nearest to a vector. Runs as its owner for the sake of the index, and so names the user itself.
create function public.match_embeddings(p_query real[], p_limit integer default 10) returns setof public.embeddings_index
  language sql stable security definer
  set search_path = ''
as $$
  select *
  from public.embeddings_index
  where embeddings_index.org_id = auth.uid() and cardinality(embeddings_index.embedding) = cardinality(p_query)
  order by (
    select sum((a.value - b.value) ^ 2)
    from unnest(embeddings_index.embedding) with ordinality as a (value, at)
    join unnest(p_query) with ordinality as b (value, at) using (at)
  ), embeddings_index.id
  limit least(p_limit, 50)
$$;
revoke execute on function public.match_embeddings(real[], integer) from public, anon;

-- For the nightly job only: tokens past their time are revoked.
create function public.revoke_expired_tokens() returns bigint
  language sql security definer
  set search_path = ''
as $$
  with revoked as (
    update public.oauth_tokens set revoked_at = now()
    where oauth_tokens.expires_at < now() and oauth_tokens.revoked_at is null
    returning 1
  )
  select count(*) from revoked
$$;
revoke execute on function public.revoke_expired_tokens() from public, anon, authenticated;
