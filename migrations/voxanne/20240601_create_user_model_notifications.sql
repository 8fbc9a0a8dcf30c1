-- User model, notifications: templates, what was sent, and how much may be sent.

-- Texts for messages to staff and patients.
create table public.notification_templates (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  key text not null,
  channel public.outreach_channel not null default 'email',
  subject text,
  body text not null,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, key, channel)
);
create trigger update_notification_templates_updated_at
  before update on public.notification_templates
  for each row execute function public.update_updated_at_column();
alter table public.notification_templates enable row level security;
create policy notification_templates_own on public.notification_templates
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- Messages that were sent or failed.
create table public.notification_history (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  template_id uuid references public.notification_templates (id) on delete set null,
  lead_id uuid references public.leads (id) on delete set null,
  channel public.outreach_channel not null,
  recipient text not null,
  status text not null default 'sent' check (status in ('sent', 'delivered', 'bounced', 'failed')),
  error text,
  payload jsonb not null default '{}',
  sent_at timestamptz,
  created_at timestamptz not null default now()
);
create index idx_notification_history_user_id_created_at on public.notification_history (user_id, created_at desc);
create index idx_notification_history_template_id on public.notification_history (template_id);
create index idx_notification_history_lead_id on public.notification_history (lead_id);
alter table public.notification_history enable row level security;
create policy notification_history_own on public.notification_history
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- How many messages a channel may carry in a window.
create table public.notification_rate_limits (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  channel public.outreach_channel not null,
  window_start timestamptz not null,
  sent integer not null default 0 check (sent >= 0),
  max_per_window integer not null default 100,
  unique (user_id, channel, window_start)
);
alter table public.notification_rate_limits enable row level security;
create policy notification_rate_limits_own on public.notification_rate_limits
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
