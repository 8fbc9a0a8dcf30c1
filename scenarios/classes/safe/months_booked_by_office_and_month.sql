-- An entry names office and month: the same month of another office is another row, and no key leads to it.
-- system: none
-- class: 68
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'tax_app') then
    create role tax_app login;
  end if;
end
$$;

create table public.offices (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.ledger_months (
  id uuid primary key default gen_random_uuid(),
  office_id uuid not null references public.offices (id),
  month smallint not null check (month between 1 and 12),
  remark text,
  constraint ledger_months_office_id_month_key unique (office_id, month)
);

create table public.ledger_entries (
  id uuid primary key default gen_random_uuid(),
  office_id uuid not null references public.offices (id),
  month smallint not null check (month between 1 and 12),
  body text not null,
  constraint ledger_entries_month_fkey
    foreign key (office_id, month) references public.ledger_months (office_id, month)
);

alter table public.offices enable row level security;
alter table public.ledger_months enable row level security;
alter table public.ledger_entries enable row level security;

create policy offices_own on public.offices
  for select to tax_app using (id = nullif(current_setting('tax.office', true), '')::uuid);
create policy ledger_months_own on public.ledger_months
  for select to tax_app using (office_id = nullif(current_setting('tax.office', true), '')::uuid);
create policy ledger_entries_own on public.ledger_entries
  for all to tax_app
  using (office_id = nullif(current_setting('tax.office', true), '')::uuid)
  with check (office_id = nullif(current_setting('tax.office', true), '')::uuid);

grant select on public.offices, public.ledger_months to tax_app;
grant select, insert, update, delete on public.ledger_entries to tax_app;
