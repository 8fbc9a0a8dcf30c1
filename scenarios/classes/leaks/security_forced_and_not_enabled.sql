-- FORCE tells that row security holds for the owner too; without ENABLE it holds for nobody.
-- system: none
-- class: 2
-- expect: leak read-row on public.letters at row-level security

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'post_app') then
    create role post_app login;
  end if;
end
$$;

create table public.offices (
  id integer generated always as identity primary key,
  town text not null
);

create table public.letters (
  office_id integer not null references public.offices (id),
  id bigint generated always as identity,
  addressee text not null,
  body text,
  primary key (office_id, id)
);

alter table public.offices enable row level security;
alter table public.offices force row level security;
alter table public.letters force row level security;

create policy offices_own on public.offices
  for select using (id = nullif(current_setting('post.office', true), '')::integer);
create policy letters_own on public.letters
  using (office_id = nullif(current_setting('post.office', true), '')::integer)
  with check (office_id = nullif(current_setting('post.office', true), '')::integer);

grant select on public.offices to post_app;
grant select, insert, update, delete on public.letters to post_app;
