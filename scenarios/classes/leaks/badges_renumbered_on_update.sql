-- Members may only renumber their badges, and a number is taken once over all clubs: a refused update tells who has it.
-- system: none
-- class: 71
-- expect: leak unique-key on public.badges at badges_number_key

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'badge_app') then
    create role badge_app login;
  end if;
end
$$;

create table public.clubs (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.badges (
  id uuid primary key default gen_random_uuid(),
  club_id uuid not null references public.clubs (id),
  number text not null,
  colour text,
  constraint badges_number_key unique (number)
);

alter table public.clubs enable row level security;
alter table public.badges enable row level security;

create policy clubs_own on public.clubs
  for select to badge_app using (id = nullif(current_setting('badge.club', true), '')::uuid);
create policy badges_own on public.badges
  for all to badge_app
  using (club_id = nullif(current_setting('badge.club', true), '')::uuid)
  with check (club_id = nullif(current_setting('badge.club', true), '')::uuid);

grant select on public.clubs to badge_app;
grant select, update (number, colour) on public.badges to badge_app;
