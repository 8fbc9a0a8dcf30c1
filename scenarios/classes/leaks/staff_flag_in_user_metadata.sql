-- The flag of the product's own staff stands in user_metadata, which every user writes itself.
-- system: supabase
-- class: 15
-- expect: leak claim-editable on public.claims at claims_select

create table public.insurers (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.claims (
  id uuid primary key default gen_random_uuid(),
  insurer_id uuid not null references public.insurers (id) on delete cascade,
  policy_holder text not null,
  sum_cents bigint not null default 0
);

create function public.insurer() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'insurer_id', '')::uuid
$$;

alter table public.insurers enable row level security;
alter table public.claims enable row level security;

create policy insurers_select on public.insurers
  for select to authenticated using (id = (select public.insurer()));
create policy claims_select on public.claims
  for select to authenticated
  using (
    insurer_id = (select public.insurer())
    or coalesce((auth.jwt() -> 'user_metadata' ->> 'is_staff')::boolean, false)
  );
create policy claims_insert on public.claims
  for insert to authenticated with check (insurer_id = (select public.insurer()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
