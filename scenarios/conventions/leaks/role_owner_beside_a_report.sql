-- A report of its own role stands beside the application, which logs in as the owner of the tables.
-- system: none
-- class: 4
-- expect: leak read-row on public.accounts at force row-level security
-- expect: leak read-row on public.deals at force row-level security

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'depot_owner_app') then
    create role depot_owner_app login;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'depot_report') then
    create role depot_report login;
  end if;
end
$$;

create table public.accounts (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.deals (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id),
  title text not null
);

alter table public.accounts enable row level security;
alter table public.deals enable row level security;

create policy accounts_own on public.accounts
  using (id = nullif(current_setting('depot.account', true), '')::uuid);
create policy deals_own on public.deals
  using (account_id = nullif(current_setting('depot.account', true), '')::uuid);

alter table public.accounts owner to depot_owner_app;
alter table public.deals owner to depot_owner_app;

grant select on public.accounts, public.deals to depot_report;
