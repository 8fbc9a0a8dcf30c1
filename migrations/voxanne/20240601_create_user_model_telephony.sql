-- User model, telephony: voices, agents, phone numbers, accounts and integrations.

create type public.agent_status as enum ('draft', 'active', 'paused', 'archived');
create type public.integration_provider as enum ('google_calendar', 'cliniko', 'hubspot', 'salesforce', 'twilio', 'vapi');

-- Voices on offer, the same for everybody.
create table public.voice_options (
  id uuid primary key default gen_random_uuid(),
  provider text not null,
  provider_voice_id text not null,
  name text not null,
  language text not null default 'en-US',
  gender text,
  sample_url text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  unique (provider, provider_voice_id)
);
alter table public.voice_options enable row level security;
create policy voice_options_read on public.voice_options
  for select to authenticated
  using (true);

-- The assistants that answer and make calls.
create table public.agents (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  voice_id uuid references public.voice_options (id) on delete set null,
  name text not null check (name <> ''),
  vapi_assistant_id text unique,
  system_prompt text,
  first_message text,
  language text not null default 'en-US',
  status public.agent_status not null default 'draft',
  tools jsonb not null default '[]',
  max_call_seconds integer not null default 600 check (max_call_seconds between 30 and 7200),
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_agents_user_id_status on public.agents (user_id, status);
create trigger update_agents_updated_at
  before update on public.agents
  for each row execute function public.update_updated_at_column();
alter table public.agents enable row level security;
create policy agents_own_select on public.agents
  for select to authenticated
  using (user_id = auth.uid());
create policy agents_own_insert on public.agents
  for insert to authenticated
  with check (user_id = auth.uid());
create policy agents_own_update on public.agents
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy agents_own_delete on public.agents
  for delete to authenticated
  using (user_id = auth.uid());

-- Versions of an agent's settings.
create table public.agent_configurations (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  agent_id uuid not null references public.agents (id) on delete cascade,
  version integer not null default 1 check (version > 0),
  settings jsonb not null default '{}',
  is_active boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (agent_id, version)
);
create index idx_agent_configurations_user_id on public.agent_configurations (user_id);
create trigger update_agent_configurations_updated_at
  before update on public.agent_configurations
  for each row execute function public.update_updated_at_column();
alter table public.agent_configurations enable row level security;
create policy agent_configurations_own on public.agent_configurations
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- The subaccount in which a user's numbers live.
create table public.user_twilio_subaccounts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  subaccount_sid text not null unique,
  friendly_name text,
  status text not null default 'active' check (status in ('active', 'suspended', 'closed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_user_twilio_subaccounts_user_id on public.user_twilio_subaccounts (user_id);
create trigger update_user_twilio_subaccounts_updated_at
  before update on public.user_twilio_subaccounts
  for each row execute function public.update_updated_at_column();
alter table public.user_twilio_subaccounts enable row level security;
create policy user_twilio_subaccounts_own on public.user_twilio_subaccounts
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Keys of users who bring their own telephony account.
create table public.customer_twilio_keys (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  account_sid text not null,
  api_key_sid text not null,
  api_secret_encrypted bytea,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (user_id, account_sid)
);
alter table public.customer_twilio_keys enable row level security;
create policy customer_twilio_keys_own on public.customer_twilio_keys
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Numbers bought or ported.
create table public.user_phone_numbers (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  subaccount_id uuid references public.user_twilio_subaccounts (id) on delete set null,
  phone_number text not null unique,
  label text,
  capabilities text[] not null default '{voice}',
  monthly_cents integer not null default 115,
  status text not null default 'active' check (status in ('active', 'porting', 'released')),
  released_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_user_phone_numbers_user_id on public.user_phone_numbers (user_id);
create index idx_user_phone_numbers_subaccount_id on public.user_phone_numbers (subaccount_id);
create trigger update_user_phone_numbers_updated_at
  before update on public.user_phone_numbers
  for each row execute function public.update_updated_at_column();
alter table public.user_phone_numbers enable row level security;
create policy user_phone_numbers_own_select on public.user_phone_numbers
  for select to authenticated
  using (user_id = auth.uid());
create policy user_phone_numbers_own_insert on public.user_phone_numbers
  for insert to authenticated
  with check (user_id = auth.uid());
create policy user_phone_numbers_own_update on public.user_phone_numbers
  for update to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
create policy user_phone_numbers_own_delete on public.user_phone_numbers
  for delete to authenticated
  using (user_id = auth.uid());

-- Which agent answers which number, and when.
create table public.phone_assistants (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  phone_number_id uuid not null references public.user_phone_numbers (id) on delete cascade,
  agent_id uuid not null references public.agents (id) on delete cascade,
  business_hours jsonb not null default '{}',
  greeting text,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (phone_number_id, agent_id)
);
create index idx_phone_assistants_user_id on public.phone_assistants (user_id);
create index idx_phone_assistants_agent_id on public.phone_assistants (agent_id);
create trigger update_phone_assistants_updated_at
  before update on public.phone_assistants
  for each row execute function public.update_updated_at_column();
alter table public.phone_assistants enable row level security;
create policy phone_assistants_own on public.phone_assistants
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Callers that are turned away.
create table public.phone_blacklist (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  phone_number text not null,
  reason text,
  blocked_until timestamptz,
  created_at timestamptz not null default now(),
  unique (user_id, phone_number)
);
alter table public.phone_blacklist enable row level security;
create policy phone_blacklist_own on public.phone_blacklist
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Connected calendars, practice systems and CRMs.
create table public.integrations (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider public.integration_provider not null,
  external_account_id text not null,
  access_token_encrypted text,
  scopes text[] not null default '{}',
  status text not null default 'connected' check (status in ('connected', 'expired', 'revoked')),
  settings jsonb not null default '{}',
  last_synced_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, provider, external_account_id)
);
create trigger update_integrations_updated_at
  before update on public.integrations
  for each row execute function public.update_updated_at_column();
alter table public.integrations enable row level security;
create policy integrations_own on public.integrations
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Who changed what in telephony; user_id is kept when the user is gone.
create table public.telephony_audit_log (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  action text not null,
  entity_type text not null,
  entity_id uuid,
  ip_address inet,
  details jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index idx_telephony_audit_log_user_id_created_at on public.telephony_audit_log (user_id, created_at desc);
alter table public.telephony_audit_log enable row level security;
create policy telephony_audit_log_own_select on public.telephony_audit_log
  for select to authenticated
  using (user_id = auth.uid());
create policy telephony_audit_log_own_insert on public.telephony_audit_log
  for insert to authenticated
  with check (user_id = auth.uid());
