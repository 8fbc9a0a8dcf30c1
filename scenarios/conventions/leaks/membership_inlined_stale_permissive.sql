-- A policy of an earlier design was left behind; permissive policies are joined with OR.
-- system: supabase
-- class: 17
-- expect: leak read-row on public.documents at documents_readable

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.team_members (
  team_id uuid not null references public.teams (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (team_id, user_id)
);

create table public.documents (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references public.teams (id) on delete cascade,
  title text not null,
  content text,
  deleted_at timestamptz,
  constraint documents_team_id_id_key unique (team_id, id)
);

create table public.document_comments (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references public.teams (id) on delete cascade,
  document_id uuid not null,
  body text not null,
  constraint document_comments_team_id_document_id_fkey
    foreign key (team_id, document_id) references public.documents (team_id, id) on delete cascade
);

alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.documents enable row level security;
alter table public.document_comments enable row level security;

create policy team_members_select on public.team_members
  for select to authenticated using (user_id = (select auth.uid()));

create policy teams_select on public.teams
  for select to authenticated
  using (id in (select m.team_id from public.team_members as m where m.user_id = (select auth.uid())));

create policy documents_select on public.documents
  for select to authenticated
  using (
    deleted_at is null
    and exists (
      select from public.team_members as m
      where m.team_id = documents.team_id and m.user_id = (select auth.uid())
    )
  );
create policy documents_readable on public.documents
  for select to authenticated
  using ((select auth.role()) = 'authenticated');
create policy documents_insert on public.documents
  for insert to authenticated
  with check (team_id in (select m.team_id from public.team_members as m where m.user_id = (select auth.uid())));
create policy documents_update on public.documents
  for update to authenticated
  using (team_id in (select m.team_id from public.team_members as m where m.user_id = (select auth.uid())))
  with check (team_id in (select m.team_id from public.team_members as m where m.user_id = (select auth.uid())));

create policy document_comments_all on public.document_comments
  for all to authenticated
  using (exists (
    select from public.team_members as m
    where m.team_id = document_comments.team_id and m.user_id = (select auth.uid())
  ))
  with check (exists (
    select from public.team_members as m
    where m.team_id = document_comments.team_id and m.user_id = (select auth.uid())
  ));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
