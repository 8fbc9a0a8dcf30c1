-- An administrator's token opens the payments of all tenants: the policy asks for the rank and forgets where it was given.
-- system: supabase
-- class: 27
-- expect: leak read-row on public.payments at payments_select
-- note: The rank stands in app_metadata and cannot be forged; tenants have administrators of their own.

create table public.tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.tenant_users (
  user_id uuid primary key references auth.users (id) on delete cascade,
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  rank text not null default 'member' check (rank in ('member', 'admin'))
);

create table public.payments (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  amount_cents bigint not null,
  reference text not null
);

create function public.tenant() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'tenant_id', '')::uuid
$$;

create function public.rank() returns text
  language sql stable
  set search_path = ''
as $$
  select auth.jwt() -> 'app_metadata' ->> 'rank'
$$;

alter table public.tenants enable row level security;
alter table public.tenant_users enable row level security;
alter table public.payments enable row level security;

create policy tenants_select on public.tenants
  for select to authenticated using (id = (select public.tenant()));
create policy tenant_users_select on public.tenant_users
  for select to authenticated using (tenant_id = (select public.tenant()));
create policy payments_select on public.payments
  for select to authenticated
  using (public.rank() = 'admin' or (tenant_id = (select public.tenant()) and amount_cents < 100000));
create policy payments_insert on public.payments
  for insert to authenticated with check (tenant_id = (select public.tenant()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
