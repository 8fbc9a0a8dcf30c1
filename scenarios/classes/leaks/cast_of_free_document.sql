-- A policy casts what a free document holds: one row that is no date makes everybody's queries fail.
-- system: supabase
-- class: 43
-- expect: leak poison-row on public.entries at entries_select

create table public.tenants (id uuid primary key default gen_random_uuid(), name text not null);
create table public.people (
  id uuid primary key references auth.users (id) on delete cascade,
  tenant_id uuid not null references public.tenants (id)
);
create table public.entries (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  body text not null,
  options jsonb not null default '{}'
);

create function public.my_tenant() returns uuid
  language sql stable security definer
  set search_path = ''
as $$ select people.tenant_id from public.people where people.id = auth.uid() $$;
revoke execute on function public.my_tenant() from public, anon;

alter table public.tenants enable row level security;
alter table public.people enable row level security;
alter table public.entries enable row level security;
create policy tenants_select on public.tenants
  for select to authenticated using (id = public.my_tenant());
create policy people_select on public.people
  for select to authenticated using (tenant_id = public.my_tenant());
create policy entries_select on public.entries
  for select to authenticated
  using (coalesce((options ->> 'hidden_until')::date, date '2000-01-01') <= current_date and tenant_id = public.my_tenant());
create policy entries_insert on public.entries
  for insert to authenticated with check (tenant_id = public.my_tenant());
create policy entries_update on public.entries
  for update to authenticated
  using (tenant_id = public.my_tenant()) with check (tenant_id = public.my_tenant());
create policy entries_delete on public.entries
  for delete to authenticated using (tenant_id = public.my_tenant());
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
