-- Whoever stands in the table of platform admins reads everybody's notes, and nobody but the platform puts anybody there.
-- system: supabase
-- class: 13, 39
-- expect: clean

create table public.platform_admins (
  user_id uuid primary key references auth.users (id) on delete cascade,
  granted_at timestamptz not null default now()
);

create table public.notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  body text not null
);

alter table public.platform_admins enable row level security;
alter table public.notes enable row level security;

create policy platform_admins_own on public.platform_admins
  for select to authenticated using (user_id = auth.uid());
create policy notes_own on public.notes
  for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy notes_admins on public.notes
  for select to authenticated using (auth.uid() in (select user_id from public.platform_admins));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
