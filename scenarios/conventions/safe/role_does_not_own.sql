-- The application logs in as a role that owns nothing: the policies hold for it.
-- system: none
-- class: 4, 5
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'crm_plain_app') then
    create role crm_plain_app login;
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
  using (id = nullif(current_setting('crm.account', true), '')::uuid);
create policy deals_own on public.deals
  using (account_id = nullif(current_setting('crm.account', true), '')::uuid);

grant select, insert, update, delete on public.accounts, public.deals to crm_plain_app;
