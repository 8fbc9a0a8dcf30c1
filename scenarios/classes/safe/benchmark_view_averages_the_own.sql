-- A view shows the own prices beside the average of the own brewery.
-- system: none
-- class: 44, 52
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'brew_app') then
    create role brew_app login;
  end if;
end
$$;

create table public.breweries (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.beers (
  id uuid primary key default gen_random_uuid(),
  brewery_id uuid not null references public.breweries (id),
  name text not null,
  cents integer not null check (cents between 50 and 2000)
);

alter table public.breweries enable row level security;
alter table public.beers enable row level security;

create policy breweries_own on public.breweries
  for select to brew_app using (id = nullif(current_setting('brew.brewery', true), '')::uuid);
create policy beers_own on public.beers
  for all to brew_app
  using (brewery_id = nullif(current_setting('brew.brewery', true), '')::uuid)
  with check (brewery_id = nullif(current_setting('brew.brewery', true), '')::uuid);

create view public.price_benchmark
  with (security_barrier = true) as
  select beers.id, beers.name, beers.cents,
    (select avg(others.cents) from public.beers as others where others.brewery_id = beers.brewery_id) as average_cents
  from public.beers
  where beers.brewery_id = nullif(current_setting('brew.brewery', true), '')::uuid;

grant select on public.breweries, public.price_benchmark to brew_app;
grant select, insert, update, delete on public.beers to brew_app;
