-- The application's login is a member of a role with BYPASSRLS: one SET ROLE and no policy holds.
-- system: none
-- class: 6
-- expect: leak switch-role on public.branches at branch_support

create role branch_app login;
create role branch_support nologin noinherit bypassrls;
grant branch_support to branch_app;

create table branches (id uuid primary key default gen_random_uuid(), name text not null);
create table loans (
  id uuid primary key default gen_random_uuid(),
  branch_id uuid not null references branches (id),
  amount numeric not null,
  note text
);
alter table branches enable row level security;
alter table loans enable row level security;
create policy branches_own on branches to branch_app, branch_support
  using (id = nullif(current_setting('app.branch', true), '')::uuid);
create policy loans_own on loans to branch_app, branch_support
  using (branch_id = nullif(current_setting('app.branch', true), '')::uuid);
grant select, insert, update, delete on branches, loans to branch_app, branch_support;
