-- No table has row-level security and no role is made: whatever role the application is given reads everything.
-- system: none
-- class: 1
-- expect: leak read-row on public.companies at row-level security
-- expect: leak read-row on public.invoices at row-level security
-- expect: leak read-row on public.invoice_lines at row-level security

create table public.companies (
  id serial primary key,
  name text not null
);

create table public.invoices (
  id bigserial primary key,
  company_id integer not null references public.companies (id),
  amount numeric(10, 2) not null check (amount > 0),
  issued_on date not null default current_date
);

create table public.invoice_lines (
  id bigserial primary key,
  invoice_id bigint not null references public.invoices (id) on delete cascade,
  description text,
  quantity integer not null default 1
);
