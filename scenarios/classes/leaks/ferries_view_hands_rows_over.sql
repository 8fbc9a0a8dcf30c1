-- A view that shows the own crossings writes as its owner and has no check option: a crossing is handed to another line through it.
-- system: none
-- class: 31, 45
-- expect: leak reassign-row on public.my_crossings at my_crossings

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'harbour_app') then
    create role harbour_app login;
  end if;
end
$$;

create table public.lines (
  code text primary key check (code <> ''),
  title text not null
);

create table public.crossings (
  id uuid primary key default gen_random_uuid(),
  line text not null references public.lines (code),
  ship text not null,
  leaves_at timestamptz not null
);

alter table public.lines enable row level security;
alter table public.crossings enable row level security;

create policy lines_own on public.lines
  for select to harbour_app using (code = nullif(current_setting('harbour.line', true), ''));

-- The table is behind the view: no grant, and no policy that would let anybody in.
create view public.my_crossings
  with (security_barrier = true) as
  select crossings.id, crossings.line, crossings.ship, crossings.leaves_at
  from public.crossings
  where crossings.line = nullif(current_setting('harbour.line', true), '');

grant select on public.lines to harbour_app;
grant select, update on public.my_crossings to harbour_app;
