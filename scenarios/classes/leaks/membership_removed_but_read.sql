-- Who was removed stays in the table with the day of the removal; every policy asks for it, and this one forgot.
-- system: supabase
-- class: 26
-- expect: leak stale-claim on public.documents at in_firm_or_was

create table public.firms (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.firm_users (
  firm_id uuid not null references public.firms (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  removed_at timestamptz,
  primary key (firm_id, user_id)
);

create table public.documents (
  id uuid primary key default gen_random_uuid(),
  firm_id uuid not null references public.firms (id) on delete cascade,
  name text not null
);

create function public.in_firm(p_firm uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.firm_users as u
    where u.firm_id = p_firm and u.user_id = (select auth.uid()) and u.removed_at is null
  )
$$;

create function public.in_firm_or_was(p_firm uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.firm_users as u
    where u.firm_id = p_firm and u.user_id = (select auth.uid())
  )
$$;

revoke execute on function public.in_firm(uuid), public.in_firm_or_was(uuid) from public, anon;

alter table public.firms enable row level security;
alter table public.firm_users enable row level security;
alter table public.documents enable row level security;

create policy firms_select on public.firms
  for select to authenticated using (public.in_firm(id));
create policy firm_users_select on public.firm_users
  for select to authenticated using (public.in_firm(firm_id));
create policy documents_select on public.documents
  for select to authenticated using (public.in_firm_or_was(firm_id));
create policy documents_write on public.documents
  for all to authenticated
  using (public.in_firm(firm_id))
  with check (public.in_firm(firm_id));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
