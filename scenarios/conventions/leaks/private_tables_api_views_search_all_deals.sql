-- The search finds the deals of every workspace: it runs as its owner and filters by title alone.
-- system: none
-- class: 48
-- expect: leak call-definer on api.find_deals at find_deals

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'api_gateway') then
    create role api_gateway login noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'api_user') then
    create role api_user nologin;
  end if;
end
$$;

grant api_user to api_gateway;

create schema private;
create schema api;
grant usage on schema api to api_user;

create table private.workspaces (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table private.leads (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references private.workspaces (id) on delete cascade,
  company text not null,
  remark text,
  constraint leads_workspace_id_id_key unique (workspace_id, id)
);

create table private.deals (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references private.workspaces (id) on delete cascade,
  lead_id uuid not null,
  title text not null,
  constraint deals_workspace_id_lead_id_fkey
    foreign key (workspace_id, lead_id) references private.leads (workspace_id, id) on delete cascade
);

create function api.current_workspace() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'workspace_id', '')::uuid
$$;

alter table private.workspaces enable row level security;
alter table private.leads enable row level security;
alter table private.deals enable row level security;

create policy leads_own on private.leads
  for all to api_user
  using (workspace_id = (select api.current_workspace()))
  with check (workspace_id = (select api.current_workspace()));

-- Reads as the caller: the table's policy applies. The caller needs rights on the table, and none on its schema.
create view api.leads
  with (security_invoker = true) as
  select leads.id, leads.workspace_id, leads.company, leads.remark from private.leads;

-- Reads as its owner, and names the caller's workspace itself.
create view api.deals
  with (security_barrier = true) as
  select deals.id, deals.workspace_id, deals.lead_id, deals.title
  from private.deals
  where deals.workspace_id = (select api.current_workspace())
  with check option;

create function api.find_deals(p_title text) returns setof private.deals
  language sql stable security definer
  set search_path = ''
as $$
  select * from private.deals
  where deals.title ilike '%' || p_title || '%'
$$;

create function api.rename_lead(p_lead uuid, p_company text) returns void
  language sql security definer
  set search_path = ''
as $$
  update private.leads set company = p_company
  where leads.id = p_lead and leads.workspace_id = (select api.current_workspace())
$$;

revoke execute on all functions in schema api from public;
grant execute on all functions in schema api to api_user;
grant select, insert, update, delete on private.leads, api.leads to api_user;
grant select, insert, update, delete on api.deals to api_user;
