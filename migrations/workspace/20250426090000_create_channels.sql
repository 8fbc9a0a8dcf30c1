-- Channels: accounts that messages go out through, what waits to go out, what came in, and the hooks of other programs.

-- Accounts of other services; the service's own id is unique in the whole product.
create table public.channel_accounts (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  channel text not null check (channel in ('email', 'sms', 'linkedin', 'facebook', 'google_ads', 'whatsapp')),
  display_name text not null,
  external_id text not null,
  status text not null default 'connected' check (status in ('connected', 'expired', 'revoked')),
  connected_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint channel_accounts_workspace_id_id_key unique (workspace_id, id),
  constraint channel_accounts_connected_by_fkey
    foreign key (workspace_id, connected_by) references public.workspace_members (workspace_id, user_id) on delete set null (connected_by),
  constraint channel_accounts_external_id_key unique (external_id)
);
create index idx_channel_accounts_workspace_id on public.channel_accounts (workspace_id);
create index idx_channel_accounts_connected_by on public.channel_accounts (connected_by);
create trigger keep_tenant_id
  before insert or update on public.channel_accounts
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.channel_accounts
  for each row execute function public.touch_updated_at();
alter table public.channel_accounts enable row level security;
create policy channel_accounts_workspace on public.channel_accounts
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What waits to be sent; the lead is named by its id alone.
create table public.channel_outbox (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  account_id uuid,
  campaign_id uuid,
  lead_id uuid,
  channel text not null default 'email',
  recipient text not null,
  subject text,
  body text not null default '',
  payload jsonb not null default '{}',
  status text not null default 'pending' check (status in ('pending', 'scheduled', 'sending', 'sent', 'delivered', 'failed')),
  attempts smallint not null default 0 check (attempts >= 0),
  last_error text,
  scheduled_at timestamptz,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  constraint channel_outbox_account_id_fkey
    foreign key (workspace_id, account_id) references public.channel_accounts (workspace_id, id) on delete set null (account_id),
  constraint channel_outbox_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete set null (campaign_id),
  constraint channel_outbox_lead_id_fkey
    foreign key (lead_id) references public.leads (id) on delete set null
);
create index idx_channel_outbox_workspace_id on public.channel_outbox (workspace_id);
create index idx_channel_outbox_account_id on public.channel_outbox (account_id);
create index idx_channel_outbox_campaign_id on public.channel_outbox (campaign_id);
create index idx_channel_outbox_lead_id on public.channel_outbox (lead_id);
create trigger keep_tenant_id
  before insert or update on public.channel_outbox
  for each row execute function public.keep_tenant_id();
alter table public.channel_outbox enable row level security;
create policy channel_outbox_workspace on public.channel_outbox
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What came in.
create table public.channel_inbox (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  account_id uuid,
  lead_id uuid,
  sender text not null,
  body text not null default '',
  sentiment text check (sentiment in ('negative', 'neutral', 'positive')),
  received_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint channel_inbox_account_id_fkey
    foreign key (workspace_id, account_id) references public.channel_accounts (workspace_id, id) on delete set null (account_id),
  constraint channel_inbox_lead_id_fkey
    foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete set null (lead_id)
);
create index idx_channel_inbox_workspace_id on public.channel_inbox (workspace_id);
create index idx_channel_inbox_account_id on public.channel_inbox (account_id);
create index idx_channel_inbox_lead_id on public.channel_inbox (lead_id);
create trigger keep_tenant_id
  before insert or update on public.channel_inbox
  for each row execute function public.keep_tenant_id();
alter table public.channel_inbox enable row level security;
create policy channel_inbox_workspace on public.channel_inbox
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Templates of messages: one policy shows them all, and a restrictive one fences each tenant in.
create table public.message_templates (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  channel text not null default 'email',
  subject text,
  body text not null,
  variables text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_message_templates_workspace_id on public.message_templates (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.message_templates
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.message_templates
  for each row execute function public.touch_updated_at();
alter table public.message_templates enable row level security;
create policy message_templates_workspace on public.message_templates
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
drop policy message_templates_workspace on public.message_templates;
create policy message_templates_read on public.message_templates
  for select to authenticated
  using (true);
create policy message_templates_write on public.message_templates
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
create policy message_templates_tenant_fence on public.message_templates
  as restrictive for all to authenticated
  using (public.user_has_workspace_access(tenant_id));

-- Addresses that nothing may be sent to.
create table public.suppression_entries (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  address text not null,
  reason text not null default 'unsubscribed' check (reason in ('unsubscribed', 'bounced', 'complaint', 'manual')),
  created_at timestamptz not null default now(),
  constraint suppression_entries_workspace_id_address_key unique (workspace_id, address)
);
create index idx_suppression_entries_workspace_id on public.suppression_entries (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.suppression_entries
  for each row execute function public.keep_tenant_id();
alter table public.suppression_entries enable row level security;
create policy suppression_entries_workspace on public.suppression_entries
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Where the workspace wants to be told.
create table public.webhook_endpoints (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  url text not null,
  events text[] not null default '{}',
  secret_hash text,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhook_endpoints_workspace_id_id_key unique (workspace_id, id)
);
create index idx_webhook_endpoints_workspace_id on public.webhook_endpoints (workspace_id);
create trigger keep_tenant_id
  before insert or update on public.webhook_endpoints
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.webhook_endpoints
  for each row execute function public.touch_updated_at();
alter table public.webhook_endpoints enable row level security;
create policy webhook_endpoints_workspace on public.webhook_endpoints
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What was told; row security was never switched on.
create table public.webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  endpoint_id uuid not null,
  event_type text not null,
  request_body jsonb not null default '{}',
  response_status integer,
  response_body text,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  constraint webhook_deliveries_endpoint_id_fkey
    foreign key (workspace_id, endpoint_id) references public.webhook_endpoints (workspace_id, id) on delete cascade
);
create index idx_webhook_deliveries_workspace_id on public.webhook_deliveries (workspace_id);
create index idx_webhook_deliveries_endpoint_id on public.webhook_deliveries (endpoint_id);
create trigger keep_tenant_id
  before insert or update on public.webhook_deliveries
  for each row execute function public.keep_tenant_id();
