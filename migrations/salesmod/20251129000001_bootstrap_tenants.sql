-- Tenants: one for the company, whose people share an e-mail domain, and one for each other user.

create type public.tenant_kind as enum ('company', 'individual');

create table public.tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  kind public.tenant_kind not null default 'individual',
  email_domain text unique check (email_domain = lower(email_domain)),
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger update_tenants_updated_at
  before update on public.tenants
  for each row execute function public.update_updated_at_column();

alter table public.profiles add column tenant_id uuid references public.tenants (id);

-- Internal users: the company's tenant.
insert into public.tenants (id, name, kind, email_domain)
values ('c0ffee00-0000-4000-8000-000000000001', 'Summit Valuation Group', 'company', 'summitvaluation.example');

update public.profiles set tenant_id = 'c0ffee00-0000-4000-8000-000000000001'
where lower(split_part(profiles.email, '@', 2)) = 'summitvaluation.example';

-- External users: a tenant each.
do $$
declare
  person record;
  made uuid;
begin
  for person in select id, email, full_name from public.profiles where tenant_id is null order by created_at, id loop
    insert into public.tenants (name) values (coalesce(person.full_name, person.email, 'Personal')) returning id into made;
    update public.profiles set tenant_id = made where id = person.id;
  end loop;
end
$$;

alter table public.profiles alter column tenant_id set not null;
create index idx_profiles_tenant_id on public.profiles (tenant_id);

alter table public.tenants enable row level security;
create policy tenants_select_own on public.tenants
  for select to authenticated
  using (id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- New users find their tenant the same way.
create or replace function public.handle_new_user() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  home uuid;
begin
  select tenants.id into home
  from public.tenants
  where tenants.email_domain = lower(split_part(new.email, '@', 2));
  if home is null then
    insert into public.tenants (name)
    values (coalesce(new.raw_user_meta_data ->> 'full_name', new.email, 'Personal'))
    returning id into home;
  end if;
  insert into public.profiles (id, email, full_name, tenant_id)
  values (new.id, new.email, new.raw_user_meta_data ->> 'full_name', home)
  on conflict (id) do nothing;
  return new;
end
$$;
