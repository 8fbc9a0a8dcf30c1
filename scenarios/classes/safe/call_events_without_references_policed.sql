-- The table came with a worker: an organization's id without a foreign key, and a policy that asks for it.
-- system: supabase
-- class: 1, 3
-- expect: clean

create table public.accounts (
  id uuid primary key default gen_random_uuid(),
  title text not null
);

create table public.account_users (
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (account_id, user_id)
);

create table public.calls (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  callee text not null
);

create function public.in_account(p_account uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.account_users
    where account_users.account_id = p_account and account_users.user_id = (select auth.uid())
  )
$$;

revoke execute on function public.in_account(uuid) from public, anon;

alter table public.accounts enable row level security;
alter table public.account_users enable row level security;
alter table public.calls enable row level security;

create policy accounts_select on public.accounts
  for select to authenticated using (public.in_account(id));
create policy account_users_select on public.account_users
  for select to authenticated using (public.in_account(account_id));
create policy calls_all on public.calls
  for all to authenticated
  using (public.in_account(account_id))
  with check (public.in_account(account_id));

-- Written by a worker in batches, which is why it has no references.
create table public.call_events (
  id bigint generated always as identity primary key,
  account_id uuid not null,
  happened_at timestamptz not null default now(),
  payload text not null
);

alter table public.call_events enable row level security;
create policy call_events_select on public.call_events
  for select to authenticated using (public.in_account(account_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
