-- A policy of the role that callers have, which no migration makes, asks nothing: it is no worker, as its other policy asks.
-- system: none
-- class: 9
-- expect: leak read-row on public.recipes at recipes_own

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'bakery_keeper') then
    create role bakery_keeper login;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'bakery_worker') then
    create role bakery_worker login;
  end if;
end
$$;

create table public.bakeries (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.recipes (
  id uuid primary key default gen_random_uuid(),
  bakery_id uuid not null references public.bakeries (id),
  title text not null
);

alter table public.bakeries enable row level security;
alter table public.recipes enable row level security;

create policy bakeries_own on public.bakeries to bakery_counter
  using (id = nullif(current_setting('bakery.id', true), '')::uuid);
create policy recipes_own on public.recipes to bakery_counter
  using (true);
create policy bakeries_worker on public.bakeries to bakery_worker using (true);
create policy recipes_worker on public.recipes to bakery_worker using (true);

grant select, insert, update, delete on public.recipes to bakery_counter, bakery_worker;
grant select on public.bakeries to bakery_counter, bakery_worker;

alter table public.bakeries owner to bakery_keeper;
alter table public.recipes owner to bakery_keeper;
