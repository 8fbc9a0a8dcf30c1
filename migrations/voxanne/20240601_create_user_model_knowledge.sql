-- User model, knowledge base: what the agents know, in documents, chunks and embeddings.

create type public.document_status as enum ('uploaded', 'processing', 'ready', 'failed');
create type public.change_type as enum ('created', 'edited', 'restored', 'removed');

-- A body of knowledge that an agent answers from.
create table public.knowledge_base (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  agent_id uuid references public.agents (id) on delete set null,
  title text not null,
  category text not null default 'general' check (category in ('general', 'services', 'pricing', 'hours', 'policies')),
  content text,
  version integer not null default 1,
  is_published boolean not null default false,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_knowledge_base_user_id on public.knowledge_base (user_id);
create index idx_knowledge_base_agent_id on public.knowledge_base (agent_id);
create trigger update_knowledge_base_updated_at
  before update on public.knowledge_base
  for each row execute function public.update_updated_at_column();
alter table public.knowledge_base enable row level security;
create policy knowledge_base_own_select on public.knowledge_base
  for select to authenticated
  using (user_id = auth.uid());
create policy knowledge_base_own_insert on public.knowledge_base
  for insert to authenticated
  with check (user_id = auth.uid());
create policy knowledge_base_own_update on public.knowledge_base
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy knowledge_base_own_delete on public.knowledge_base
  for delete to authenticated
  using (user_id = auth.uid());

-- Files that were added to it.
create table public.knowledge_base_documents (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  knowledge_base_id uuid not null references public.knowledge_base (id) on delete cascade,
  file_name text not null,
  mime_type text not null default 'application/pdf',
  byte_size bigint not null default 0 check (byte_size >= 0),
  storage_path text,
  checksum text,
  status public.document_status not null default 'uploaded',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, checksum)
);
create index idx_knowledge_base_documents_knowledge_base_id on public.knowledge_base_documents (knowledge_base_id);
create trigger update_knowledge_base_documents_updated_at
  before update on public.knowledge_base_documents
  for each row execute function public.update_updated_at_column();
alter table public.knowledge_base_documents enable row level security;
create policy knowledge_base_documents_own on public.knowledge_base_documents
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Pieces of a document.
create table public.knowledge_base_chunks (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  document_id uuid not null references public.knowledge_base_documents (id) on delete cascade,
  chunk_index integer not null check (chunk_index >= 0),
  content text not null,
  token_count integer not null default 0,
  created_at timestamptz not null default now(),
  unique (document_id, chunk_index)
);
create index idx_knowledge_base_chunks_user_id on public.knowledge_base_chunks (user_id);
alter table public.knowledge_base_chunks enable row level security;
create policy knowledge_base_chunks_own on public.knowledge_base_chunks
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- A piece as a vector, by model.
create table public.embeddings (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  chunk_id uuid not null references public.knowledge_base_chunks (id) on delete cascade,
  model text not null default 'text-embedding-3-small',
  vector real[] not null default '{}',
  created_at timestamptz not null default now(),
  unique (chunk_id, model)
);
create index idx_embeddings_user_id on public.embeddings (user_id);
alter table public.embeddings enable row level security;
create policy embeddings_own on public.embeddings
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- What changed; belongs to the user through its knowledge base.
create table public.knowledge_base_changelog (
  id uuid primary key default gen_random_uuid(),
  knowledge_base_id uuid not null references public.knowledge_base (id) on delete cascade,
  version integer not null,
  change public.change_type not null,
  summary text,
  diff jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (knowledge_base_id, version)
);
alter table public.knowledge_base_changelog enable row level security;
create policy knowledge_base_changelog_own on public.knowledge_base_changelog
  for all to authenticated
  using (
    exists (
      select from public.knowledge_base as parent where parent.id = knowledge_base_changelog.knowledge_base_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.knowledge_base as parent where parent.id = knowledge_base_changelog.knowledge_base_id and parent.user_id = auth.uid()
    )
  );

-- Uploads to the voice provider; belongs to the user through its knowledge base.
create table public.kb_sync_log (
  id uuid primary key default gen_random_uuid(),
  knowledge_base_id uuid not null references public.knowledge_base (id) on delete cascade,
  vapi_file_id text,
  status text not null default 'ok' check (status in ('ok', 'skipped', 'failed')),
  error text,
  synced_at timestamptz not null default now()
);
create index idx_kb_sync_log_knowledge_base_id on public.kb_sync_log (knowledge_base_id);
alter table public.kb_sync_log enable row level security;
create policy kb_sync_log_own on public.kb_sync_log
  for all to authenticated
  using (
    exists (
      select from public.knowledge_base as parent where parent.id = kb_sync_log.knowledge_base_id and parent.user_id = auth.uid()
    )
  )
  with check (
    exists (
      select from public.knowledge_base as parent where parent.id = kb_sync_log.knowledge_base_id and parent.user_id = auth.uid()
    )
  );
