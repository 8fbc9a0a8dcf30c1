-- The function accepts an invitation by its id, whoever calls: it asks neither for the address nor whether it was used.
-- system: supabase
-- class: 40
-- expect: leak call-definer on public.accept_guest at accept_guest

create table public.projects (
  id bigint generated always as identity primary key,
  title text not null
);

create table public.project_guests (
  project_id bigint not null references public.projects (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (project_id, user_id)
);

create table public.guest_invitations (
  id bigint generated always as identity primary key,
  project_id bigint not null references public.projects (id) on delete cascade,
  email text not null,
  used boolean not null default false
);

create function public.guest_of() returns setof bigint
  language sql stable security definer
  set search_path = ''
as $$
  select project_guests.project_id from public.project_guests where project_guests.user_id = (select auth.uid())
$$;

create function public.accept_guest(p_invitation bigint) returns void
  language plpgsql security definer
  set search_path = ''
as $$
declare
  invitation public.guest_invitations;
begin
  if (select auth.uid()) is null then
    raise insufficient_privilege using message = 'sign in first';
  end if;
  select * into invitation from public.guest_invitations as i
  where i.id = p_invitation;
  if invitation.id is null then
    raise insufficient_privilege using message = 'no such invitation';
  end if;
  update public.guest_invitations set used = true where guest_invitations.id = invitation.id;
  insert into public.project_guests (project_id, user_id)
  values (invitation.project_id, (select auth.uid()))
  on conflict do nothing;
end
$$;

revoke execute on function public.guest_of(), public.accept_guest(bigint) from public, anon;

alter table public.projects enable row level security;
alter table public.project_guests enable row level security;
alter table public.guest_invitations enable row level security;

create policy projects_select on public.projects
  for select to authenticated using (id in (select public.guest_of()));
create policy project_guests_select on public.project_guests
  for select to authenticated using (project_id in (select public.guest_of()));
create policy guest_invitations_select on public.guest_invitations
  for select to authenticated using (project_id in (select public.guest_of()));
create policy guest_invitations_insert on public.guest_invitations
  for insert to authenticated with check (project_id in (select public.guest_of()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
