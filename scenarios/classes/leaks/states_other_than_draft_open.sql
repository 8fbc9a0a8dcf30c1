-- Whatever is no draft any more is shown to every tenant: the OR was meant for the tenant's readers.
-- system: none
-- class: 19
-- expect: leak read-row on public.offers at offers_select

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'offer_app') then
    create role offer_app login;
  end if;
end
$$;

create table public.vendors (
  id integer primary key,
  name text not null
);

create table public.offers (
  vendor_id integer not null references public.vendors (id),
  id integer not null,
  title text not null,
  state text not null default 'draft' check (state in ('draft', 'sent', 'won', 'lost')),
  primary key (vendor_id, id)
);

create function public.vendor() returns integer
  language sql stable
as $$
  select nullif(current_setting('app.vendor', true), '')::integer
$$;

alter table public.vendors enable row level security;
alter table public.offers enable row level security;

create policy vendors_own on public.vendors
  for select using (id = public.vendor());
create policy offers_select on public.offers
  for select using (vendor_id = public.vendor() or state <> 'draft');
create policy offers_insert on public.offers
  for insert with check (vendor_id = public.vendor());
create policy offers_delete on public.offers
  for delete using (vendor_id = public.vendor() and state = 'draft');

grant select on public.vendors to offer_app;
grant select, insert, delete on public.offers to offer_app;
