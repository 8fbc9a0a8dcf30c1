-- Who is in a room may write others into it, and nobody lets itself in.
-- system: supabase
-- class: 38
-- expect: clean
-- note: The first of two steps: with the membership, the messages of the room open.

create table public.rooms (
  id uuid primary key default gen_random_uuid(),
  title text not null
);

create table public.room_members (
  room_id uuid not null references public.rooms (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  joined_at timestamptz not null default now(),
  primary key (room_id, user_id)
);

create table public.messages (
  id bigint generated always as identity primary key,
  room_id uuid not null references public.rooms (id) on delete cascade,
  sender_id uuid not null default auth.uid(),
  body text not null,
  foreign key (room_id, sender_id) references public.room_members (room_id, user_id) on delete cascade
);

create function public.my_rooms() returns setof uuid
  language sql stable security definer
  set search_path = ''
as $$
  select room_members.room_id from public.room_members where room_members.user_id = (select auth.uid())
$$;

revoke execute on function public.my_rooms() from public, anon;

alter table public.rooms enable row level security;
alter table public.room_members enable row level security;
alter table public.messages enable row level security;

create policy rooms_select on public.rooms
  for select to authenticated using (id in (select public.my_rooms()));
create policy room_members_select on public.room_members
  for select to authenticated using (room_id in (select public.my_rooms()));
create policy room_members_insert on public.room_members
  for insert to authenticated
  with check (room_id in (select public.my_rooms()));
create policy room_members_delete on public.room_members
  for delete to authenticated using (user_id = (select auth.uid()));

create policy messages_select on public.messages
  for select to authenticated using (room_id in (select public.my_rooms()));
create policy messages_insert on public.messages
  for insert to authenticated
  with check (room_id in (select public.my_rooms()) and sender_id = (select auth.uid()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke update on public.room_members, public.messages from anon, authenticated;
