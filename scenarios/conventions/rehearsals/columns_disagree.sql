-- Two columns are to say the same; some rows were written with only one of them moved, and the migrations keep both.
-- system: supabase
-- expect: problem owners-disagree on public.leads at -

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null
);
alter table public.companies enable row level security;

create table public.members (
  company_id uuid not null references public.companies (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (company_id, user_id)
);
alter table public.members enable row level security;
create policy members_own on public.members for select using (user_id = auth.uid());

create table public.leads (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id) on delete cascade,
  legacy_company_id uuid references public.companies (id) on delete cascade,
  name text not null
);
alter table public.leads enable row level security;
create policy leads_company on public.leads
  using (company_id in (select company_id from public.members where user_id = auth.uid()))
  with check (
    company_id in (select company_id from public.members where user_id = auth.uid())
    and legacy_company_id is not distinct from company_id
  );
revoke all on all tables in schema public from anon, authenticated;
grant select on public.members to authenticated;
grant select, insert, update, delete on public.leads to authenticated;

-- rows:
update public.leads set legacy_company_id = (select id from public.companies order by id limit 1)
where id = (select id from public.leads where company_id <> (select id from public.companies order by id limit 1) order by id limit 1);

-- migration:
create index leads_company_id on public.leads (company_id);
