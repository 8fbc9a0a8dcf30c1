-- Each publisher has a partition of its own, and one of them was granted: whoever names it reads past the parent's policy.
-- system: none
-- class: 59
-- expect: leak read-partition on public.readers_north at row-level security

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'press_app') then
    create role press_app login;
  end if;
end
$$;

create table public.publishers (
  code text primary key,
  title text not null
);

insert into public.publishers (code, title) values ('north', 'North Post'), ('south', 'South Post'), ('west', 'West Post');

create table public.readers (
  publisher text not null references public.publishers (code),
  id bigint not null,
  email text not null,
  primary key (publisher, id)
) partition by list (publisher);

create table public.readers_north partition of public.readers for values in ('north');
create table public.readers_south partition of public.readers for values in ('south');
create table public.readers_west partition of public.readers for values in ('west');

alter table public.publishers enable row level security;
alter table public.readers enable row level security;

create policy publishers_own on public.publishers
  for select to press_app using (code = nullif(current_setting('press.publisher', true), ''));
create policy readers_own on public.readers
  for all to press_app
  using (publisher = nullif(current_setting('press.publisher', true), ''))
  with check (publisher = nullif(current_setting('press.publisher', true), ''));

grant select on public.publishers to press_app;
grant select, insert, update, delete on public.readers to press_app;
grant select on public.readers_north to press_app;
