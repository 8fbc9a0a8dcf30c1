-- Tokens that the schema's own function draws, pins of boards that their studio publishes, and a trigger that names the role.
-- system: supabase
-- class: 20
-- class: 40
-- expect: clean
-- note: TRUNCATE comes from the platform's default privileges alone: it is told as accepted.

create type public.studio_role as enum ('lead', 'guest');

create table public.studio_settings (
  invitations_open boolean not null default true,
  boards_open boolean not null default true
);
insert into public.studio_settings default values;

-- Runs with its caller's rights and builds its text from the argument, as an identifier.
create function public.is_open(p_setting text) returns boolean
  language plpgsql stable
as $$
declare
  answer boolean;
begin
  execute format('select %I from public.studio_settings limit 1', p_setting) into answer;
  return answer;
end
$$;

create function public.new_ticket(p_length integer) returns text
  language sql volatile
as $$ select substr(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 1, p_length) $$;

create table public.studios (
  id uuid primary key default gen_random_uuid(),
  lead_id uuid not null default auth.uid() references auth.users (id),
  title text not null,
  personal boolean not null default false
);

create table public.studio_people (
  studio_id uuid not null references public.studios (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.studio_role not null default 'guest',
  primary key (studio_id, user_id)
);

create table public.studio_invitations (
  id uuid primary key default gen_random_uuid(),
  studio_id uuid not null references public.studios (id) on delete cascade,
  ticket text not null unique default public.new_ticket(24),
  role public.studio_role not null default 'guest',
  created_at timestamptz not null default now()
);

create table public.boards (
  id uuid primary key default gen_random_uuid(),
  studio_id uuid not null references public.studios (id) on delete cascade,
  title text not null,
  published boolean not null default false
);

create table public.pins (
  id uuid primary key default gen_random_uuid(),
  board_id uuid not null references public.boards (id) on delete cascade,
  note text not null
);

create function public.works_in(p_studio uuid, p_role public.studio_role default null) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.studio_people
    where studio_people.studio_id = p_studio and studio_people.user_id = (select auth.uid())
      and (p_role is null or studio_people.role = p_role)
  )
$$;

-- Refuses with a plain exception, and only the application.
create function public.keep_the_studio() returns trigger
  language plpgsql
as $$
begin
  if current_user in ('authenticated', 'anon')
    and (new.id <> old.id or new.personal <> old.personal or new.lead_id <> old.lead_id)
  then
    raise exception 'this stays as it is';
  end if;
  return new;
end
$$;
create trigger keep_the_studio before update on public.studios
  for each row execute function public.keep_the_studio();

create function public.accept_ticket(p_ticket text) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  invitation public.studio_invitations;
begin
  select * into invitation from public.studio_invitations i
  where i.ticket = p_ticket and i.created_at > now() - interval '24 hours';
  if invitation.id is null then
    raise exception 'no such invitation';
  end if;
  insert into public.studio_people (studio_id, user_id, role) values (invitation.studio_id, auth.uid(), invitation.role);
  delete from public.studio_invitations i where i.id = invitation.id;
  return invitation.studio_id;
end
$$;

create function public.look_at_ticket(p_ticket text) returns json
  language sql stable security definer
  set search_path = ''
as $$
  select json_build_object('open', count(*) > 0, 'studio', min(studios.title))
  from public.studio_invitations i join public.studios on studios.id = i.studio_id
  where i.ticket = p_ticket and i.created_at > now() - interval '24 hours'
$$;

revoke execute on function public.accept_ticket(text), public.look_at_ticket(text), public.new_ticket(integer) from public, anon;

alter table public.studio_settings enable row level security;
alter table public.studios enable row level security;
alter table public.studio_people enable row level security;
alter table public.studio_invitations enable row level security;
alter table public.boards enable row level security;
alter table public.pins enable row level security;

create policy settings_read on public.studio_settings for select to authenticated using (true);
create policy studios_read on public.studios for select to authenticated using (public.works_in(id));
create policy studios_write on public.studios for update to authenticated using (public.works_in(id, 'lead'));
create policy people_read on public.studio_people for select to authenticated using (public.works_in(studio_id));
create policy people_leave on public.studio_people for delete to authenticated using (public.works_in(studio_id, 'lead'));
create policy invitations_lead on public.studio_invitations to authenticated
  using (public.works_in(studio_id, 'lead')) with check (public.works_in(studio_id, 'lead'));
create policy boards_read on public.boards for select using (published or public.works_in(studio_id));
create policy boards_write on public.boards to authenticated
  using (public.works_in(studio_id)) with check (public.works_in(studio_id));
create policy pins_read on public.pins for select
  using (exists (
    select from public.boards b where b.id = pins.board_id and (b.published or public.works_in(b.studio_id))
  ));
create policy pins_write on public.pins to authenticated
  using (exists (select from public.boards b where b.id = pins.board_id and public.works_in(b.studio_id)))
  with check (exists (select from public.boards b where b.id = pins.board_id and public.works_in(b.studio_id)));
