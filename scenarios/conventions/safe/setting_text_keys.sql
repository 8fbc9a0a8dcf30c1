-- One login role, and a setting that names the tenant by a short text; row security is forced on the owner too.
-- system: none
-- class: 7, 11, 89
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'app_user') then
    create role app_user login;
  end if;
end
$$;

create table public.tenants (
  slug text primary key check (slug <> ''),
  title text not null
);

create table public.articles (
  id uuid primary key default gen_random_uuid(),
  tenant text not null references public.tenants (slug),
  sku text not null,
  title text not null,
  published boolean not null default false,
  constraint articles_tenant_id_key unique (tenant, id),
  constraint articles_tenant_sku_key unique (tenant, sku)
);

create table public.stock_moves (
  id bigint generated always as identity primary key,
  tenant text not null references public.tenants (slug),
  article_id uuid not null,
  quantity integer not null,
  reason text,
  constraint stock_moves_tenant_article_id_fkey
    foreign key (tenant, article_id) references public.articles (tenant, id)
);

alter table public.tenants enable row level security;
alter table public.tenants force row level security;
alter table public.articles enable row level security;
alter table public.articles force row level security;
alter table public.stock_moves enable row level security;
alter table public.stock_moves force row level security;

create policy tenants_own on public.tenants
  for select
  using (slug = nullif(current_setting('app.current_tenant', true), ''));

create policy articles_own on public.articles
  using (tenant = nullif(current_setting('app.current_tenant', true), ''))
  with check (tenant = nullif(current_setting('app.current_tenant', true), ''));

create policy stock_moves_own on public.stock_moves
  using (tenant = nullif(current_setting('app.current_tenant', true), ''))
  with check (tenant = nullif(current_setting('app.current_tenant', true), ''));

grant select on public.tenants to app_user;
grant select, insert, update, delete on public.articles, public.stock_moves to app_user;
