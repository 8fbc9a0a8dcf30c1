-- A table that was append-only before stays so, and one that the migration makes begins so: no row is frozen that was not.
-- system: supabase
-- expect: clean

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);
alter table public.companies enable row level security;

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  full_name text not null
);
alter table public.profiles enable row level security;
create policy profiles_own on public.profiles using (id = auth.uid());

create table public.leads (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete cascade,
  name text not null,
  stage text not null default 'new' check (stage in ('new', 'won', 'lost'))
);
alter table public.leads enable row level security;
create policy leads_own on public.leads using (user_id = auth.uid());
grant select, insert, update, delete on public.profiles, public.leads to authenticated;

create table public.lead_events (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  event text not null
);
alter table public.lead_events enable row level security;
create policy lead_events_own on public.lead_events for select using (user_id = auth.uid());
grant select on public.lead_events to authenticated;
create function public.refuse_change() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'events are only added';
end
$$;
create trigger append_only before update on public.lead_events for each row execute function public.refuse_change();

-- migration:
alter table public.profiles add column company_id uuid references public.companies (id);
insert into public.companies (name) select distinct full_name from public.profiles;
update public.profiles set company_id = companies.id from public.companies where name = full_name;
alter table public.profiles alter column company_id set not null;
revoke insert, update on public.profiles from authenticated, anon;

alter table public.leads add column company_id uuid references public.companies (id);
update public.leads
set company_id = profiles.company_id
from public.profiles
where profiles.id = leads.user_id;
alter table public.lead_events add column company_id uuid references public.companies (id);
alter table public.lead_events disable trigger append_only;
update public.lead_events
set company_id = profiles.company_id
from public.profiles
where profiles.id = lead_events.user_id;
alter table public.lead_events enable trigger append_only;

create table public.lead_history (
  id uuid primary key default gen_random_uuid(),
  lead_id uuid not null references public.leads (id) on delete cascade,
  stage text not null
);
alter table public.lead_history enable row level security;
create policy lead_history_company on public.lead_history
  for select using (exists (select from public.leads where leads.id = lead_id));
revoke all on public.lead_history from anon, authenticated;
grant select on public.lead_history to authenticated;
insert into public.lead_history (lead_id, stage) select id, stage from public.leads;
create trigger append_only before update on public.lead_history for each row execute function public.refuse_change();

drop policy lead_events_own on public.lead_events;
create policy lead_events_company on public.lead_events
  for select using (company_id in (select company_id from public.profiles where id = auth.uid()));
drop policy leads_own on public.leads;
create policy leads_company on public.leads
  using (company_id in (select company_id from public.profiles where id = auth.uid()));
create policy companies_members on public.companies
  for select using (id in (select company_id from public.profiles where id = auth.uid()));
revoke truncate on all tables in schema public from anon, authenticated;
