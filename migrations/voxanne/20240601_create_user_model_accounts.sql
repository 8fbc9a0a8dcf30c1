-- User model, accounts and billing: profiles, plans, subscriptions, credits, payments and usage, all owned by one user.

-- Keeps updated_at true on every table that has it.
create function public.update_updated_at_column() returns trigger
  language plpgsql
as $$
begin
  new.updated_at = now();
  return new;
end
$$;

create type public.subscription_status as enum ('trialing', 'active', 'past_due', 'canceled', 'unpaid');
create type public.credit_kind as enum ('purchase', 'usage', 'refund', 'bonus', 'adjustment');
create type public.payment_status as enum ('pending', 'succeeded', 'failed', 'refunded');
create type public.usage_metric as enum ('call_minutes', 'sms', 'recordings', 'storage_mb', 'ai_tokens');

-- Plans on offer, the same for everybody.
create table public.billing_plans (
  id uuid primary key default gen_random_uuid(),
  code text not null unique,
  name text not null,
  monthly_price_cents integer not null check (monthly_price_cents >= 0),
  included_minutes integer not null default 0,
  features jsonb not null default '{}',
  is_active boolean not null default true,
  created_at timestamptz not null default now()
);
alter table public.billing_plans enable row level security;
create policy billing_plans_read on public.billing_plans
  for select to authenticated
  using (true);

-- Price of a minute by volume within a plan, the same for everybody.
create table public.pricing_tiers (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null references public.billing_plans (id) on delete cascade,
  from_minutes integer not null check (from_minutes >= 0),
  up_to_minutes integer,
  cents_per_minute numeric(8, 4) not null check (cents_per_minute >= 0),
  created_at timestamptz not null default now(),
  check (up_to_minutes is null or up_to_minutes > from_minutes)
);
alter table public.pricing_tiers enable row level security;
create policy pricing_tiers_read on public.pricing_tiers
  for select to authenticated
  using (true);

-- One row a user from an older model of tenancy; tenant_id is no longer read by anything.
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  tenant_id uuid,
  email text,
  full_name text,
  avatar_url text,
  locale text not null default 'en',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger update_profiles_updated_at
  before update on public.profiles
  for each row execute function public.update_updated_at_column();
alter table public.profiles enable row level security;
create policy profiles_own on public.profiles
  for all to authenticated
  using (id = auth.uid())
  with check (id = auth.uid());

-- What a user says about itself.
create table public.user_profiles (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  company_name text,
  clinic_specialty text,
  phone text,
  timezone text not null default 'UTC',
  preferences jsonb not null default '{}',
  onboarding_completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id)
);
create trigger update_user_profiles_updated_at
  before update on public.user_profiles
  for each row execute function public.update_updated_at_column();
alter table public.user_profiles enable row level security;
create policy user_profiles_own on public.user_profiles
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());

-- A user's prepaid balance.
create table public.user_credits (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  balance_cents bigint not null default 0,
  reserved_cents bigint not null default 0 check (reserved_cents >= 0),
  available_cents bigint generated always as (balance_cents - reserved_cents) stored,
  low_balance_threshold_cents bigint not null default 500,
  updated_at timestamptz not null default now(),
  unique (user_id)
);
create trigger update_user_credits_updated_at
  before update on public.user_credits
  for each row execute function public.update_updated_at_column();
alter table public.user_credits enable row level security;
create policy user_credits_own_select on public.user_credits
  for select to authenticated
  using (user_id = auth.uid());

-- A user as the payment provider knows it.
create table public.customers (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  stripe_customer_id text not null unique,
  billing_email text,
  currency text not null default 'usd' check (currency in ('usd', 'eur', 'gbp', 'aud', 'cad')),
  default_payment_method jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_customers_user_id on public.customers (user_id);
create trigger update_customers_updated_at
  before update on public.customers
  for each row execute function public.update_updated_at_column();
alter table public.customers enable row level security;
create policy customers_own_select on public.customers
  for select to authenticated
  using (user_id = auth.uid());

-- A user's plan.
create table public.user_subscriptions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  customer_id uuid references public.customers (id) on delete set null,
  plan_id uuid not null references public.billing_plans (id),
  stripe_subscription_id text unique,
  status public.subscription_status not null default 'trialing',
  current_period_start timestamptz,
  current_period_end timestamptz,
  cancel_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (current_period_end is null or current_period_end >= current_period_start)
);
create index idx_user_subscriptions_user_id on public.user_subscriptions (user_id);
create trigger update_user_subscriptions_updated_at
  before update on public.user_subscriptions
  for each row execute function public.update_updated_at_column();
alter table public.user_subscriptions enable row level security;
create policy user_subscriptions_own_select on public.user_subscriptions
  for select to authenticated
  using (user_id = auth.uid());

-- Every movement of a balance.
create table public.credit_transactions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  kind public.credit_kind not null,
  amount_cents integer not null check (amount_cents <> 0),
  balance_after_cents bigint not null,
  description text,
  reference text,
  created_at timestamptz not null default now()
);
create index idx_credit_transactions_user_id_created_at on public.credit_transactions (user_id, created_at desc);
alter table public.credit_transactions enable row level security;
create policy credit_transactions_own_select on public.credit_transactions
  for select to authenticated
  using (user_id = auth.uid());

-- What one month of a plan came to.
create table public.billing_cycles (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  plan_id uuid references public.billing_plans (id) on delete restrict,
  starts_on date not null,
  ends_on date not null,
  minutes_used numeric(12, 2) not null default 0,
  amount_cents bigint not null default 0,
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  unique (user_id, starts_on),
  check (ends_on > starts_on)
);
alter table public.billing_cycles enable row level security;
create policy billing_cycles_own_select on public.billing_cycles
  for select to authenticated
  using (user_id = auth.uid());

-- Money that was asked for or received.
create table public.payments (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  billing_cycle_id uuid references public.billing_cycles (id) on delete set null,
  stripe_payment_intent_id text unique,
  amount_cents bigint not null check (amount_cents > 0),
  fee_cents bigint not null default 0,
  net_cents bigint generated always as (amount_cents - fee_cents) stored,
  currency text not null default 'usd',
  status public.payment_status not null default 'pending',
  metadata jsonb not null default '{}',
  paid_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_payments_user_id_created_at on public.payments (user_id, created_at desc);
create index idx_payments_billing_cycle_id on public.payments (billing_cycle_id);
create trigger update_payments_updated_at
  before update on public.payments
  for each row execute function public.update_updated_at_column();
alter table public.payments enable row level security;
create policy payments_own_select on public.payments
  for select to authenticated
  using (user_id = auth.uid());

-- What the payment provider sent; user_id is what the event said and may name a user long gone.
create table public.payment_events_log (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  payment_id uuid references public.payments (id) on delete cascade,
  stripe_event_id text not null unique,
  event_type text not null,
  payload jsonb not null default '{}',
  received_at timestamptz not null default now()
);
create index idx_payment_events_log_payment_id on public.payment_events_log (payment_id);
alter table public.payment_events_log enable row level security;
create policy payment_events_log_own_select on public.payment_events_log
  for select to authenticated
  using (user_id = auth.uid());

-- Usage of one metric on one day.
create table public.usage_records (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  billing_cycle_id uuid references public.billing_cycles (id) on delete set null,
  metric public.usage_metric not null,
  quantity numeric(14, 4) not null check (quantity >= 0),
  recorded_for date not null,
  created_at timestamptz not null default now(),
  unique (user_id, metric, recorded_for)
);
create index idx_usage_records_billing_cycle_id on public.usage_records (billing_cycle_id);
alter table public.usage_records enable row level security;
create policy usage_records_own_select on public.usage_records
  for select to authenticated
  using (user_id = auth.uid());

-- Single measurements behind the records; user_id is not checked, the writers are many.
create table public.usage_events (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  usage_record_id uuid references public.usage_records (id) on delete set null,
  metric public.usage_metric not null,
  quantity numeric(14, 4) not null,
  source text,
  attributes jsonb not null default '{}',
  occurred_at timestamptz not null default now()
);
create index idx_usage_events_user_id_occurred_at on public.usage_events (user_id, occurred_at desc);
create index idx_usage_events_usage_record_id on public.usage_events (usage_record_id);
alter table public.usage_events enable row level security;
create policy usage_events_own_select on public.usage_events
  for select to authenticated
  using (user_id = auth.uid());

-- Steps of the first setup.
create table public.onboarding_events (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  step text not null check (step in ('profile', 'phone_number', 'agent', 'knowledge_base', 'test_call', 'go_live')),
  status text not null default 'started' check (status in ('started', 'completed', 'skipped')),
  payload jsonb not null default '{}',
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  unique (user_id, step)
);
alter table public.onboarding_events enable row level security;
create policy onboarding_events_own on public.onboarding_events
  for all to authenticated
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
