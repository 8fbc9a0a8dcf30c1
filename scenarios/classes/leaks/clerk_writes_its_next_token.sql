-- The role in the token is taken from a row that everybody edits: the next token says notary.
-- system: supabase
-- class: 15, 39
-- expect: leak promote-self on public.clerks at clerks_update

create table public.offices (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.clerks (
  user_id uuid primary key references auth.users (id) on delete cascade,
  office_id uuid not null references public.offices (id) on delete cascade,
  clerk_role text not null default 'clerk' check (clerk_role in ('clerk', 'notary')),
  display_name text
);

create table public.letters (
  id uuid primary key default gen_random_uuid(),
  office_id uuid not null references public.offices (id) on delete cascade,
  body text not null
);

create table public.deeds (
  id uuid primary key default gen_random_uuid(),
  office_id uuid not null references public.offices (id) on delete cascade,
  body text not null
);

-- The gateway's hook writes both into every new token, from the clerk's row.
create function public.my_office() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif((select auth.jwt()) -> 'app_metadata' ->> 'office_id', '')::uuid
$$;

revoke execute on function public.my_office() from public, anon;

alter table public.offices enable row level security;
alter table public.clerks enable row level security;
alter table public.letters enable row level security;
alter table public.deeds enable row level security;

create policy offices_select on public.offices
  for select to authenticated using (id = (select public.my_office()));
create policy clerks_select on public.clerks
  for select to authenticated using (office_id = (select public.my_office()));
create policy letters_all on public.letters
  for all to authenticated
  using (office_id = (select public.my_office()))
  with check (office_id = (select public.my_office()));
create policy deeds_all on public.deeds
  for all to authenticated
  using (
    office_id = (select public.my_office())
    and (select auth.jwt()) -> 'app_metadata' ->> 'clerk_role' = 'notary'
  )
  with check (
    office_id = (select public.my_office())
    and (select auth.jwt()) -> 'app_metadata' ->> 'clerk_role' = 'notary'
  );
create policy clerks_update on public.clerks
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and office_id = (select public.my_office()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, delete on public.clerks from anon, authenticated;
