-- The search runs with its owner's rights and filters by the text alone.
-- system: none
-- class: 48
-- expect: leak call-definer on public.search_tickets at search_tickets

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'desk_app') then
    create role desk_app login;
  end if;
end
$$;

create table public.orgs (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.people (
  id uuid primary key default gen_random_uuid(),
  email text not null
);

create table public.org_people (
  org_id uuid not null references public.orgs (id) on delete cascade,
  person_id uuid not null references public.people (id) on delete cascade,
  rank smallint not null default 1 check (rank between 1 and 3),
  primary key (org_id, person_id)
);

create table public.tickets (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.orgs (id) on delete cascade,
  subject text not null,
  body text,
  deleted_at timestamptz,
  constraint tickets_org_id_id_key unique (org_id, id)
);

create table public.ticket_replies (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.orgs (id) on delete cascade,
  ticket_id uuid not null,
  body text not null,
  constraint ticket_replies_org_id_ticket_id_fkey
    foreign key (org_id, ticket_id) references public.tickets (org_id, id) on delete cascade
);

-- The caller's rank in the organization of the session; NULL when the caller is no member of it.
create function public.my_rank(p_org uuid) returns smallint
  language sql stable security definer
  set search_path = ''
as $$
  select org_people.rank from public.org_people
  where org_people.org_id = p_org
    and org_people.org_id = nullif(current_setting('app.org_id', true), '')::uuid
    and org_people.person_id = nullif(current_setting('app.user_id', true), '')::uuid
$$;

revoke execute on function public.my_rank(uuid) from public;
grant execute on function public.my_rank(uuid) to desk_app;

alter table public.orgs enable row level security;
alter table public.people enable row level security;
alter table public.org_people enable row level security;
alter table public.tickets enable row level security;
alter table public.ticket_replies enable row level security;

create policy orgs_select on public.orgs
  for select to desk_app using (public.my_rank(id) >= 1);
create policy people_self on public.people
  for select to desk_app using (id = nullif(current_setting('app.user_id', true), '')::uuid);
create policy org_people_select on public.org_people
  for select to desk_app using (public.my_rank(org_id) >= 1);

create policy tickets_select on public.tickets
  for select to desk_app using (public.my_rank(org_id) >= 1 and (deleted_at is null or public.my_rank(org_id) >= 2));
create policy tickets_insert on public.tickets
  for insert to desk_app with check (public.my_rank(org_id) >= 1);
create policy tickets_update on public.tickets
  for update to desk_app using (public.my_rank(org_id) >= 1) with check (public.my_rank(org_id) >= 1);
create policy tickets_delete on public.tickets
  for delete to desk_app using (public.my_rank(org_id) >= 2);

create policy ticket_replies_all on public.ticket_replies
  for all to desk_app using (public.my_rank(org_id) >= 1) with check (public.my_rank(org_id) >= 1);

grant select on public.orgs, public.people, public.org_people to desk_app;
grant select, insert, update, delete on public.tickets, public.ticket_replies to desk_app;

create function public.search_tickets(p_text text) returns setof public.tickets
  language sql stable security definer
  set search_path = ''
as $$
  select * from public.tickets where tickets.subject ilike '%' || p_text || '%' and tickets.deleted_at is null
$$;

revoke execute on function public.search_tickets(text) from public;
grant execute on function public.search_tickets(text) to desk_app;
