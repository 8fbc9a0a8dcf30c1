-- Posts that their team publishes are shown to visitors on purpose: the mark is not the column's default.
-- system: supabase
-- class: 20
-- expect: clean
-- note: TRUNCATE comes from the platform's default privileges alone: it is told as accepted.
create type public.member_role as enum ('owner','admin','member');

create table public.teams (id uuid primary key default gen_random_uuid(), name text not null, slug text not null unique, created_by uuid references auth.users(id), created_at timestamptz default now());

create table public.team_members (team_id uuid not null references public.teams(id) on delete cascade, user_id uuid not null references auth.users(id) on delete cascade, role public.member_role not null default 'member', primary key (team_id, user_id));

create table public.profiles (id uuid primary key references auth.users(id) on delete cascade, username text unique, full_name text, avatar_url text, updated_at timestamptz);

create table public.posts (id bigint generated always as identity primary key, team_id uuid not null references public.teams(id) on delete cascade, author_id uuid not null references public.profiles(id), title text not null, body text, published boolean not null default false);

create table public.comments (id bigint generated always as identity primary key, post_id bigint not null references public.posts(id) on delete cascade, author_id uuid not null references public.profiles(id), body text not null);

create table public.invitations (id uuid primary key default gen_random_uuid(), team_id uuid not null references public.teams(id) on delete cascade, email text not null, token text not null unique default encode(extensions.gen_random_bytes(24),'base64'), role public.member_role not null default 'member');

create or replace function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.profiles (id, full_name) values (new.id, new.raw_user_meta_data->>'full_name'); return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute procedure public.handle_new_user();

create or replace function public.has_role_on_team(team uuid, roles public.member_role[] default null) returns boolean language sql security definer stable set search_path = '' as $$ select exists (select 1 from public.team_members tm where tm.team_id = team and tm.user_id = auth.uid() and (roles is null or tm.role = any(roles))) $$;

create or replace function public.create_team(team_name text, team_slug text) returns public.teams language plpgsql security definer set search_path = '' as $$ declare t public.teams; begin insert into public.teams(name, slug, created_by) values (team_name, team_slug, auth.uid()) returning * into t; insert into public.team_members(team_id,user_id,role) values (t.id, auth.uid(), 'owner'); return t; end $$;

create or replace function public.accept_invitation(lookup_token text) returns uuid language plpgsql security definer set search_path = '' as $$ declare inv public.invitations; begin select * into inv from public.invitations where token = lookup_token; if not found then raise exception 'not found'; end if; insert into public.team_members(team_id,user_id,role) values (inv.team_id, auth.uid(), inv.role); delete from public.invitations where id = inv.id; return inv.team_id; end $$;
alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.profiles enable row level security;
alter table public.posts enable row level security;
alter table public.comments enable row level security;
alter table public.invitations enable row level security;
create policy "members read teams" on public.teams for select to authenticated using (public.has_role_on_team(id));
create policy "owners update teams" on public.teams for update to authenticated using (public.has_role_on_team(id, array['owner','admin']::public.member_role[]));
create policy "read members" on public.team_members for select to authenticated using (user_id = auth.uid() or public.has_role_on_team(team_id));
create policy "admins manage members" on public.team_members for all to authenticated using (public.has_role_on_team(team_id, array['owner','admin']::public.member_role[])) with check (public.has_role_on_team(team_id, array['owner','admin']::public.member_role[]));
create policy profiles_own on public.profiles for select to authenticated using ((select auth.uid()) = id);
create policy "Users can insert their own profile." on public.profiles for insert with check ((select auth.uid()) = id);
create policy "Users can update own profile." on public.profiles for update using ((select auth.uid()) = id);
create policy "team posts" on public.posts for all to authenticated using (public.has_role_on_team(team_id)) with check (public.has_role_on_team(team_id));
create policy "published posts" on public.posts for select using (published);
create policy "comments by members" on public.comments for all to authenticated using (exists (select 1 from public.posts p where p.id = post_id and public.has_role_on_team(p.team_id))) with check (exists (select 1 from public.posts p where p.id = post_id and public.has_role_on_team(p.team_id)) and author_id = auth.uid());
create policy "admins invite" on public.invitations for all to authenticated using (public.has_role_on_team(team_id, array['owner','admin']::public.member_role[])) with check (public.has_role_on_team(team_id, array['owner','admin']::public.member_role[]));
