-- Outbound campaigns: to whom, in which steps, with which pages and forms.

-- A campaign of messages.
create table public.campaigns (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  name text not null,
  campaign_type text not null default 'email' check (campaign_type in ('email', 'sms', 'social', 'ads', 'event')),
  status text not null default 'draft' check (status in ('draft', 'scheduled', 'active', 'paused', 'completed', 'archived')),
  list_id uuid,
  owner_id uuid,
  budget numeric(12, 2) check (budget >= 0),
  starts_at timestamptz,
  ends_at timestamptz,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaigns_workspace_id_id_key unique (workspace_id, id),
  constraint campaigns_list_id_fkey
    foreign key (workspace_id, list_id) references public.lead_lists (workspace_id, id) on delete set null (list_id),
  constraint campaigns_owner_id_fkey
    foreign key (workspace_id, owner_id) references public.workspace_members (workspace_id, user_id) on delete set null (owner_id)
);
create index idx_campaigns_workspace_id on public.campaigns (workspace_id);
create index idx_campaigns_list_id on public.campaigns (list_id);
create index idx_campaigns_owner_id on public.campaigns (owner_id);
create trigger keep_tenant_id
  before insert or update on public.campaigns
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.campaigns
  for each row execute function public.touch_updated_at();
alter table public.campaigns enable row level security;
create policy campaigns_workspace on public.campaigns
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What is sent when.
create table public.campaign_steps (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid not null,
  position smallint not null check (position > 0),
  wait_hours integer not null default 0 check (wait_hours >= 0),
  subject text,
  body text not null default '',
  created_at timestamptz not null default now(),
  constraint campaign_steps_workspace_id_id_key unique (workspace_id, id),
  constraint campaign_steps_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete cascade,
  constraint campaign_steps_workspace_id_campaign_id_position_key unique (workspace_id, campaign_id, position)
);
create index idx_campaign_steps_workspace_id on public.campaign_steps (workspace_id);
create index idx_campaign_steps_campaign_id on public.campaign_steps (campaign_id);
create trigger keep_tenant_id
  before insert or update on public.campaign_steps
  for each row execute function public.keep_tenant_id();
alter table public.campaign_steps enable row level security;
create policy campaign_steps_workspace on public.campaign_steps
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Who receives it and what became of it.
create table public.campaign_recipients (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid not null,
  lead_id uuid not null,
  step_id uuid,
  state text not null default 'pending' check (state in ('pending', 'sent', 'opened', 'clicked', 'replied', 'bounced', 'unsubscribed')),
  last_event_at timestamptz,
  created_at timestamptz not null default now(),
  constraint campaign_recipients_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete cascade,
  constraint campaign_recipients_lead_id_fkey
    foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete cascade,
  constraint campaign_recipients_step_id_fkey
    foreign key (workspace_id, step_id) references public.campaign_steps (workspace_id, id) on delete set null (step_id),
  constraint campaign_recipients_workspace_id_campaign_id_lead_id_key unique (workspace_id, campaign_id, lead_id)
);
create index idx_campaign_recipients_workspace_id on public.campaign_recipients (workspace_id);
create index idx_campaign_recipients_campaign_id on public.campaign_recipients (campaign_id);
create index idx_campaign_recipients_lead_id on public.campaign_recipients (lead_id);
create index idx_campaign_recipients_step_id on public.campaign_recipients (step_id);
create trigger keep_tenant_id
  before insert or update on public.campaign_recipients
  for each row execute function public.keep_tenant_id();
alter table public.campaign_recipients enable row level security;
create policy campaign_recipients_workspace on public.campaign_recipients
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Which of two variants does better; a policy of the first prototype shows them to everybody.
create table public.ab_tests (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid not null,
  hypothesis text not null,
  variant_a jsonb not null default '{}',
  variant_b jsonb not null default '{}',
  winner text check (winner in ('a', 'b', 'none')),
  confidence numeric(5, 2) check (confidence between 0 and 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ab_tests_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete cascade
);
create index idx_ab_tests_workspace_id on public.ab_tests (workspace_id);
create index idx_ab_tests_campaign_id on public.ab_tests (campaign_id);
create trigger keep_tenant_id
  before insert or update on public.ab_tests
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.ab_tests
  for each row execute function public.touch_updated_at();
alter table public.ab_tests enable row level security;
create policy ab_tests_workspace on public.ab_tests
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
create policy "Enable read access for all users" on public.ab_tests
  for select
  using (true);

-- Pages that campaigns lead to; the slug is unique in the whole product.
create table public.landing_pages (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid,
  slug text not null,
  title text not null,
  blocks jsonb not null default '[]',
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint landing_pages_workspace_id_id_key unique (workspace_id, id),
  constraint landing_pages_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete set null (campaign_id),
  constraint landing_pages_slug_key unique (slug)
);
create index idx_landing_pages_workspace_id on public.landing_pages (workspace_id);
create index idx_landing_pages_campaign_id on public.landing_pages (campaign_id);
create trigger keep_tenant_id
  before insert or update on public.landing_pages
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.landing_pages
  for each row execute function public.touch_updated_at();
alter table public.landing_pages enable row level security;
create policy landing_pages_workspace on public.landing_pages
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Forms on those pages; the key under which a form posts is unique in the whole product.
create table public.forms (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  page_id uuid,
  name text not null,
  public_key text not null,
  fields jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint forms_workspace_id_id_key unique (workspace_id, id),
  constraint forms_page_id_fkey
    foreign key (workspace_id, page_id) references public.landing_pages (workspace_id, id) on delete set null (page_id),
  constraint forms_public_key_key unique (public_key)
);
create index idx_forms_workspace_id on public.forms (workspace_id);
create index idx_forms_page_id on public.forms (page_id);
create trigger keep_tenant_id
  before insert or update on public.forms
  for each row execute function public.keep_tenant_id();
create trigger touch_updated_at
  before update on public.forms
  for each row execute function public.touch_updated_at();
alter table public.forms enable row level security;
create policy forms_workspace on public.forms
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- What visitors filled in; the backend writes them.
create table public.form_submissions (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  form_id uuid not null,
  lead_id uuid,
  answers jsonb not null default '{}',
  referrer text,
  submitted_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint form_submissions_form_id_fkey
    foreign key (workspace_id, form_id) references public.forms (workspace_id, id) on delete cascade,
  constraint form_submissions_lead_id_fkey
    foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete set null (lead_id)
);
create index idx_form_submissions_workspace_id on public.form_submissions (workspace_id);
create index idx_form_submissions_form_id on public.form_submissions (form_id);
create index idx_form_submissions_lead_id on public.form_submissions (lead_id);
create trigger keep_tenant_id
  before insert or update on public.form_submissions
  for each row execute function public.keep_tenant_id();
alter table public.form_submissions enable row level security;
create policy form_submissions_workspace on public.form_submissions
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));

-- Links with their campaign parameters.
create table public.utm_links (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  tenant_id uuid,
  campaign_id uuid,
  destination text not null,
  utm_source text not null,
  utm_medium text not null,
  utm_campaign text,
  clicks bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint utm_links_campaign_id_fkey
    foreign key (workspace_id, campaign_id) references public.campaigns (workspace_id, id) on delete cascade
);
create index idx_utm_links_workspace_id on public.utm_links (workspace_id);
create index idx_utm_links_campaign_id on public.utm_links (campaign_id);
create trigger keep_tenant_id
  before insert or update on public.utm_links
  for each row execute function public.keep_tenant_id();
alter table public.utm_links enable row level security;
create policy utm_links_workspace on public.utm_links
  for all to authenticated
  using (public.user_has_workspace_access(workspace_id));
