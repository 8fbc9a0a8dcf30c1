-- UPDATE of the tenant's column was revoked, which changes nothing while UPDATE is granted on the table.
-- system: supabase
-- class: 37
-- expect: leak reassign-row on public.listings at listings_update

create table public.brokers (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.agents (
  user_id uuid primary key references auth.users (id) on delete cascade,
  broker_id uuid not null references public.brokers (id) on delete cascade
);

create table public.listings (
  id uuid primary key default gen_random_uuid(),
  broker_id uuid not null references public.brokers (id) on delete cascade,
  agent_id uuid not null default auth.uid() references public.agents (user_id),
  address text not null,
  price integer
);

create function public.my_broker() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select agents.broker_id from public.agents where agents.user_id = (select auth.uid())
$$;

revoke execute on function public.my_broker() from public, anon;

alter table public.brokers enable row level security;
alter table public.agents enable row level security;
alter table public.listings enable row level security;

create policy brokers_select on public.brokers
  for select to authenticated using (id = (select public.my_broker()));
create policy agents_select on public.agents
  for select to authenticated using (broker_id = (select public.my_broker()));

create policy listings_select on public.listings
  for select to authenticated using (broker_id = (select public.my_broker()));
create policy listings_insert on public.listings
  for insert to authenticated
  with check (broker_id = (select public.my_broker()) and agent_id = (select auth.uid()));
-- The columns that must not change are kept by the grants.
create policy listings_update on public.listings
  for update to authenticated
  using (agent_id = (select auth.uid()))
  with check (agent_id = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke update (broker_id, agent_id) on public.listings from anon, authenticated;
