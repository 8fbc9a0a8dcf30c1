-- A ticket names two organizations, and the write check holds both.
-- system: none
-- class: 23
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'dual_desk_app') then
    create role dual_desk_app login;
  end if;
end
$$;

create table public.orgs (
  id integer primary key,
  name text not null
);

create table public.tickets (
  id integer generated always as identity primary key,
  org_id integer not null references public.orgs (id),
  partner_org_id integer not null references public.orgs (id),
  title text not null,
  status text not null default 'open' check (status in ('open', 'closed'))
);

alter table public.orgs enable row level security;
alter table public.tickets enable row level security;

create policy orgs_own on public.orgs
  for select using (id::text = current_setting('desk.org', true));
create policy tickets_select on public.tickets
  for select using (org_id::text = current_setting('desk.org', true));
create policy tickets_insert on public.tickets
  for insert with check (org_id::text = current_setting('desk.org', true) and partner_org_id = org_id);

grant select on public.orgs to dual_desk_app;
grant select, insert on public.tickets to dual_desk_app;
