-- A maintenance function runs, with its owner's rights, whatever statement it is given, and returns nothing.
-- system: none
-- class: 51, 57
-- expect: leak call-definer on public.maintain at maintain

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'resort_app') then
    create role resort_app login;
  end if;
end
$$;

create table public.islands (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.stays (
  id uuid primary key default gen_random_uuid(),
  island_id uuid not null references public.islands (id),
  guest text not null,
  cancelled boolean not null default false
);

alter table public.islands enable row level security;
alter table public.stays enable row level security;

create policy islands_own on public.islands
  for select to resort_app using (id = nullif(current_setting('resort.island', true), '')::uuid);
create policy stays_own on public.stays
  for select to resort_app using (island_id = nullif(current_setting('resort.island', true), '')::uuid);

create function public.maintain(job text) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  execute job;
end
$$;

revoke execute on function public.maintain(text) from public;
grant execute on function public.maintain(text) to resort_app;
grant select on public.islands, public.stays to resort_app;
