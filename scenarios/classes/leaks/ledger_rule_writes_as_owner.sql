-- A rewrite rule runs with its table owner's rights: closing a period in the view closes that of every office.
-- system: none
-- class: 56
-- expect: leak update-row on books.period_state at period_state

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'bookkeeper') then
    create role bookkeeper login;
  end if;
end
$$;

create schema books;

create table books.offices (
  code text primary key check (code <> ''),
  title text not null
);

create table books.periods (
  office text not null references books.offices (code),
  month integer not null check (month between 1 and 12),
  closed boolean not null default false,
  remark text,
  primary key (office, month)
);

create table books.entries (
  office text not null references books.offices (code),
  number bigint not null,
  month integer not null check (month between 1 and 12),
  amount numeric(12, 2) not null,
  body text,
  primary key (office, number)
);

alter table books.offices enable row level security;
alter table books.periods enable row level security;
alter table books.entries enable row level security;

create policy offices_own on books.offices
  for select to bookkeeper using (code = nullif(current_setting('books.office', true), ''));
create policy periods_own on books.periods
  for select to bookkeeper using (office = nullif(current_setting('books.office', true), ''));
create policy entries_own on books.entries
  for all to bookkeeper
  using (office = nullif(current_setting('books.office', true), ''))
  with check (office = nullif(current_setting('books.office', true), ''));

create view books.period_state
  with (security_invoker = true) as
  select periods.office, periods.month, periods.closed, periods.remark from books.periods;

create rule period_state_close as on update to books.period_state do instead
  update books.periods set closed = new.closed, remark = new.remark
  where periods.month = old.month;

grant usage on schema books to bookkeeper;
grant select on books.offices, books.periods, books.period_state to bookkeeper;
grant update on books.period_state to bookkeeper;
grant select, insert, update, delete on books.entries to bookkeeper;
