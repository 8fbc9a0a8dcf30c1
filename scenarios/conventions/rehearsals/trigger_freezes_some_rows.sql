-- A trigger that shall keep what is won refuses every update of such a row; those of all others it lets through.
-- system: supabase
-- expect: problem row-frozen on public.leads at -

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

-- rows:
update public.leads set stage = 'won' where id in (select id from public.leads order by id limit 3);

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
create function public.keep_won() returns trigger language plpgsql set search_path = '' as $$
begin
  if old.stage = 'won' then
    raise exception 'a lead that is won stays as it is' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger keep_won before update on public.leads for each row execute function public.keep_won();

drop policy leads_own on public.leads;
create policy leads_company on public.leads
  using (company_id in (select company_id from public.profiles where id = auth.uid()));
create policy companies_members on public.companies
  for select using (id in (select company_id from public.profiles where id = auth.uid()));
revoke truncate on all tables in schema public from anon, authenticated;
