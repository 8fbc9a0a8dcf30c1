-- The function takes whoever names an invited address, and leaves the token that was sent there unread.
-- system: supabase
-- class: 40
-- expect: leak call-definer on public.accept_keeper at accept_keeper

create table public.kennels (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.keepers (
  kennel_id uuid not null references public.kennels (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (kennel_id, user_id)
);

create table public.keeper_invitations (
  id uuid primary key default gen_random_uuid(),
  kennel_id uuid not null references public.kennels (id) on delete cascade,
  email text not null,
  token text not null unique,
  accepted boolean not null default false
);

create function public.my_kennels() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select keepers.kennel_id from public.keepers where keepers.user_id = (select auth.uid())
$$;

create function public.accept_keeper(p_email text) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  found_kennel uuid;
begin
  update public.keeper_invitations as i set accepted = true
  where i.email = p_email and not i.accepted
  returning i.kennel_id into found_kennel;
  if found_kennel is null or (select auth.uid()) is null then
    raise insufficient_privilege using message = 'no such invitation';
  end if;
  insert into public.keepers (kennel_id, user_id) values (found_kennel, (select auth.uid())) on conflict do nothing;
  return found_kennel;
end
$$;

create function public.preview_keeper(p_token text) returns table (kennel text, accepted boolean)
  language sql stable security definer
  set search_path = ''
as $$
  select k.name, i.accepted
  from public.keeper_invitations as i
  join public.kennels as k on k.id = i.kennel_id
  where i.token = p_token
$$;

revoke execute on function public.my_kennels(), public.accept_keeper(text), public.preview_keeper(text) from public, anon;

alter table public.kennels enable row level security;
alter table public.keepers enable row level security;
alter table public.keeper_invitations enable row level security;

create policy kennels_select on public.kennels
  for select to authenticated using (id in (select public.my_kennels()));
create policy keepers_select on public.keepers
  for select to authenticated using (kennel_id in (select public.my_kennels()));
create policy keeper_invitations_all on public.keeper_invitations
  for all to authenticated
  using (kennel_id in (select public.my_kennels()))
  with check (kennel_id in (select public.my_kennels()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
