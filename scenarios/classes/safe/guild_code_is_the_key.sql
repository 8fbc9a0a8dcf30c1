-- Whoever was given a code is let into the guild by it, and nobody but its members reads the code.
-- system: supabase
-- class: 40
-- expect: clean
-- note: No call can name a code that exists, unless it was read before.

create table public.guilds (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.guild_members (
  guild_id uuid not null references public.guilds (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  joined_at timestamptz not null default now(),
  primary key (guild_id, user_id)
);

create table public.guild_codes (
  id uuid primary key default gen_random_uuid(),
  guild_id uuid not null references public.guilds (id) on delete cascade,
  code text not null unique default encode(extensions.gen_random_bytes(12), 'hex'),
  revoked boolean not null default false
);

create table public.secrets (
  id uuid primary key default gen_random_uuid(),
  guild_id uuid not null references public.guilds (id) on delete cascade,
  body text not null
);

create function public.my_guilds() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select guild_members.guild_id from public.guild_members where guild_members.user_id = (select auth.uid())
$$;

create function public.use_code(p_code text) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  found_guild uuid;
begin
  select guild_codes.guild_id into found_guild
  from public.guild_codes where guild_codes.code = p_code and not guild_codes.revoked;
  if found_guild is null or (select auth.uid()) is null then
    raise insufficient_privilege using message = 'no such code';
  end if;
  insert into public.guild_members (guild_id, user_id) values (found_guild, (select auth.uid())) on conflict do nothing;
  return found_guild;
end
$$;

revoke execute on function public.my_guilds(), public.use_code(text) from public, anon;

alter table public.guilds enable row level security;
alter table public.guild_members enable row level security;
alter table public.guild_codes enable row level security;
alter table public.secrets enable row level security;

create policy guilds_select on public.guilds
  for select to authenticated using (id in (select public.my_guilds()));
create policy guild_members_select on public.guild_members
  for select to authenticated using (guild_id in (select public.my_guilds()));
create policy guild_codes_all on public.guild_codes
  for all to authenticated
  using (guild_id in (select public.my_guilds()))
  with check (guild_id in (select public.my_guilds()));
create policy secrets_all on public.secrets
  for all to authenticated
  using (guild_id in (select public.my_guilds()))
  with check (guild_id in (select public.my_guilds()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.guild_members from anon, authenticated;
