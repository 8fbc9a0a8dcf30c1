-- Invitations are listed for the address that they name, and accepted by it.
-- system: supabase
-- class: 40
-- expect: clean

create table public.clubs (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.club_members (
  club_id uuid not null references public.clubs (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  trainer boolean not null default false,
  primary key (club_id, user_id)
);

create table public.invitations (
  code uuid primary key default gen_random_uuid(),
  club_id uuid not null references public.clubs (id) on delete cascade,
  email text not null,
  accepted_at timestamptz
);

create function public.in_club(p_club uuid, p_trainer boolean default false) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.club_members as m
    where m.club_id = p_club and m.user_id = (select auth.uid()) and (m.trainer or not p_trainer)
  )
$$;

create function public.accept_invitation(p_code uuid) returns void
  language plpgsql security definer
  set search_path = ''
as $$
declare
  invited uuid;
begin
  update public.invitations set accepted_at = now()
  where invitations.code = p_code
    and invitations.accepted_at is null
    and lower(invitations.email) = lower((select auth.email()))
  returning invitations.club_id into invited;
  if invited is null or (select auth.uid()) is null then
    raise insufficient_privilege using message = 'no such invitation';
  end if;
  insert into public.club_members (club_id, user_id) values (invited, (select auth.uid())) on conflict do nothing;
end
$$;

revoke execute on function public.in_club(uuid, boolean), public.accept_invitation(uuid) from public, anon;

alter table public.clubs enable row level security;
alter table public.club_members enable row level security;
alter table public.invitations enable row level security;

create policy clubs_select on public.clubs
  for select to authenticated using (public.in_club(id));
create policy club_members_select on public.club_members
  for select to authenticated using (public.in_club(club_id));
create policy club_members_delete on public.club_members
  for delete to authenticated using (public.in_club(club_id, true));
create policy invitations_trainer on public.invitations
  for all to authenticated
  using (public.in_club(club_id, true))
  with check (public.in_club(club_id, true));
create policy invitations_select on public.invitations
  for select to authenticated
  using (accepted_at is null and lower(email) = lower((select auth.email())));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
