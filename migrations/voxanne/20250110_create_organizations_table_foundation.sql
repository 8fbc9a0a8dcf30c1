-- Foundation of the organization model: the tenants, and the default one that receives everything that exists.

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name <> ''),
  slug text unique,
  status text not null default 'active' check (status in ('active', 'suspended', 'closed')),
  plan text not null default 'starter' check (plan in ('starter', 'clinic', 'enterprise')),
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index idx_organizations_status on public.organizations (status);

create trigger update_organizations_updated_at
  before update on public.organizations
  for each row execute function public.update_updated_at_column();

insert into public.organizations (id, name, slug)
values ('a0000000-0000-0000-0000-000000000001', 'Default Organization', 'default')
on conflict (id) do nothing;

alter table public.organizations enable row level security;

-- Members see their own organization; it is changed by the backend only.
create policy organizations_select on public.organizations
  for select to authenticated
  using (id = (auth.jwt() -> 'app_metadata' ->> 'org_id')::uuid);
