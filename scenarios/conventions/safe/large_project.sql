-- A whole agency application, twenty tables with files, audit and reports: nothing crosses organizations.
-- system: supabase
-- class: 13, 44
-- expect: clean
-- expect: unproven delete-row on public.active_clients
-- expect: unproven call-definer on public.accept_invite
-- note: Answers to a token alone, of which no call can name one that exists, unless it was read before.
-- note: Whose a file is, its name says and no column; no member of this world deletes a row of its own through the view.

create type public.org_role as enum ('member', 'admin', 'owner');
create type public.member_status as enum ('active', 'suspended', 'removed');
create type public.task_state as enum ('open', 'doing', 'done', 'cancelled');
create type public.invoice_state as enum ('draft', 'sent', 'paid', 'void');

-- The same for everybody.
create table public.plans (
  code text primary key,
  monthly_cents integer not null check (monthly_cents >= 0)
);

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  plan_code text references public.plans (code),
  created_at timestamptz not null default now()
);

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  full_name text,
  locale text not null default 'en'
);

create table public.org_members (
  org_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.org_role not null default 'member',
  status public.member_status not null default 'active',
  primary key (org_id, user_id)
);

create table public.org_invites (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  email text not null,
  token_hash text not null,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  constraint org_invites_org_id_email_key unique (org_id, email)
);

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null,
  constraint teams_org_id_id_key unique (org_id, id),
  constraint teams_org_id_name_key unique (org_id, name)
);

create table public.team_members (
  org_id uuid not null,
  team_id uuid not null,
  user_id uuid not null,
  primary key (team_id, user_id),
  constraint team_members_team_fkey
    foreign key (org_id, team_id) references public.teams (org_id, id) on delete cascade,
  constraint team_members_member_fkey
    foreign key (org_id, user_id) references public.org_members (org_id, user_id) on delete cascade
);

create table public.clients (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null,
  email text,
  deleted_at timestamptz,
  constraint clients_org_id_id_key unique (org_id, id)
);

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  client_id uuid,
  name text not null,
  archived boolean not null default false,
  constraint projects_org_id_id_key unique (org_id, id),
  constraint projects_client_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete set null (client_id)
);

create table public.milestones (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  project_id uuid not null,
  title text not null,
  due_on date,
  constraint milestones_project_fkey
    foreign key (org_id, project_id) references public.projects (org_id, id) on delete cascade
);

create table public.tasks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  project_id uuid not null,
  assignee_id uuid,
  title text not null,
  state public.task_state not null default 'open',
  constraint tasks_org_id_id_key unique (org_id, id),
  constraint tasks_project_fkey
    foreign key (org_id, project_id) references public.projects (org_id, id) on delete cascade,
  constraint tasks_assignee_fkey
    foreign key (org_id, assignee_id) references public.org_members (org_id, user_id) on delete set null (assignee_id)
);

create table public.task_comments (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  task_id uuid not null,
  author_id uuid not null default auth.uid(),
  body text not null,
  constraint task_comments_task_fkey
    foreign key (org_id, task_id) references public.tasks (org_id, id) on delete cascade
);

create table public.labels (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null,
  constraint labels_org_id_id_key unique (org_id, id),
  constraint labels_org_id_name_key unique (org_id, name)
);

create table public.task_labels (
  org_id uuid not null,
  task_id uuid not null,
  label_id uuid not null,
  primary key (task_id, label_id),
  constraint task_labels_task_fkey
    foreign key (org_id, task_id) references public.tasks (org_id, id) on delete cascade,
  constraint task_labels_label_fkey
    foreign key (org_id, label_id) references public.labels (org_id, id) on delete cascade
);

create table public.time_entries (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  task_id uuid not null,
  user_id uuid not null default auth.uid(),
  minutes integer not null check (minutes > 0),
  note text,
  constraint time_entries_task_fkey
    foreign key (org_id, task_id) references public.tasks (org_id, id) on delete cascade,
  constraint time_entries_member_fkey
    foreign key (org_id, user_id) references public.org_members (org_id, user_id) on delete cascade
);

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  client_id uuid not null,
  number text not null,
  state public.invoice_state not null default 'draft',
  constraint invoices_org_id_id_key unique (org_id, id),
  constraint invoices_org_id_number_key unique (org_id, number),
  constraint invoices_client_fkey
    foreign key (org_id, client_id) references public.clients (org_id, id) on delete cascade
);

create table public.invoice_items (
  id uuid primary key default gen_random_uuid(),
  invoice_id uuid not null references public.invoices (id) on delete cascade,
  description text not null,
  amount_cents integer not null
);

create table public.webhooks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  url text not null,
  secret text not null
);

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  user_id uuid not null,
  body text not null,
  read_at timestamptz,
  constraint notifications_member_fkey
    foreign key (org_id, user_id) references public.org_members (org_id, user_id) on delete cascade
);

create table public.audit_log (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations (id) on delete cascade,
  actor_id uuid,
  action text not null,
  detail text,
  at timestamptz not null default now()
);

-- Who is calling. Removed and suspended members count as strangers.
create function public.has_role(p_org uuid, p_least public.org_role default 'member') returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.org_members as m
    where m.org_id = p_org and m.user_id = (select auth.uid()) and m.status = 'active' and m.role >= p_least
  )
$$;

create function public.shares_org(p_user uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.org_members as me
    join public.org_members as other on other.org_id = me.org_id
    where me.user_id = (select auth.uid()) and me.status = 'active'
      and other.user_id = p_user and other.status = 'active'
  )
$$;

-- Triggers.
create function public.handle_new_user() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.profiles (id, full_name)
  values (new.id, new.raw_user_meta_data ->> 'full_name')
  on conflict (id) do nothing;
  return new;
end
$$;

create trigger on_auth_user_created
  after insert on auth.users
  for each row execute function public.handle_new_user();

create function public.write_audit() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  -- The organization is gone already when its deletion cascades to this row.
  insert into public.audit_log (org_id, actor_id, action, detail)
  select organizations.id, (select auth.uid()), lower(tg_op) || ' ' || tg_table_name, coalesce(new.name, old.name)
  from public.organizations
  where organizations.id = coalesce(new.org_id, old.org_id);
  return null;
end
$$;

create trigger write_audit after insert or update or delete on public.clients
  for each row execute function public.write_audit();
create trigger write_audit after insert or update or delete on public.projects
  for each row execute function public.write_audit();

create function public.notify_assignee() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.notifications (org_id, user_id, body)
  values (new.org_id, new.assignee_id, 'You were assigned: ' || new.title);
  return null;
end
$$;

create trigger notify_assignee
  after update of assignee_id on public.tasks
  for each row when (new.assignee_id is not null and new.assignee_id is distinct from old.assignee_id)
  execute function public.notify_assignee();

-- Policies.
do $$
declare
  name text;
begin
  for name in select tablename from pg_catalog.pg_tables where schemaname = 'public' loop
    execute format('alter table public.%I enable row level security', name);
  end loop;
end
$$;

create policy plans_read on public.plans
  for select to anon, authenticated using (true);

create policy organizations_select on public.organizations
  for select to authenticated using (public.has_role(id));
create policy organizations_update on public.organizations
  for update to authenticated using (public.has_role(id, 'owner')) with check (public.has_role(id, 'owner'));

create policy profiles_select on public.profiles
  for select to authenticated using (id = (select auth.uid()) or public.shares_org(id));
create policy profiles_update on public.profiles
  for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));

create policy org_members_select on public.org_members
  for select to authenticated using (public.has_role(org_id));
create policy org_members_admin on public.org_members
  for all to authenticated
  using (public.has_role(org_id, 'admin'))
  with check (public.has_role(org_id, 'admin') and (role < 'owner' or public.has_role(org_id, 'owner')));

create policy org_invites_admin on public.org_invites
  for all to authenticated using (public.has_role(org_id, 'admin')) with check (public.has_role(org_id, 'admin'));

create policy teams_select on public.teams
  for select to authenticated using (public.has_role(org_id));
create policy teams_admin on public.teams
  for all to authenticated using (public.has_role(org_id, 'admin')) with check (public.has_role(org_id, 'admin'));
create policy team_members_select on public.team_members
  for select to authenticated using (public.has_role(org_id));
create policy team_members_admin on public.team_members
  for all to authenticated using (public.has_role(org_id, 'admin')) with check (public.has_role(org_id, 'admin'));

create policy clients_select on public.clients
  for select to authenticated
  using (public.has_role(org_id) and (deleted_at is null or public.has_role(org_id, 'admin')));
create policy clients_insert on public.clients
  for insert to authenticated with check (public.has_role(org_id));
create policy clients_update on public.clients
  for update to authenticated using (public.has_role(org_id)) with check (public.has_role(org_id));

create policy projects_all on public.projects
  for all to authenticated using (public.has_role(org_id)) with check (public.has_role(org_id));
create policy milestones_all on public.milestones
  for all to authenticated using (public.has_role(org_id)) with check (public.has_role(org_id));
create policy tasks_all on public.tasks
  for all to authenticated using (public.has_role(org_id)) with check (public.has_role(org_id));
create policy labels_all on public.labels
  for all to authenticated using (public.has_role(org_id)) with check (public.has_role(org_id));
create policy task_labels_all on public.task_labels
  for all to authenticated using (public.has_role(org_id)) with check (public.has_role(org_id));

create policy task_comments_select on public.task_comments
  for select to authenticated using (public.has_role(org_id));
create policy task_comments_insert on public.task_comments
  for insert to authenticated with check (public.has_role(org_id) and author_id = (select auth.uid()));
create policy task_comments_update on public.task_comments
  for update to authenticated
  using (public.has_role(org_id) and author_id = (select auth.uid()))
  with check (public.has_role(org_id) and author_id = (select auth.uid()));

create policy time_entries_own on public.time_entries
  for all to authenticated
  using (public.has_role(org_id) and user_id = (select auth.uid()))
  with check (public.has_role(org_id) and user_id = (select auth.uid()));

create policy invoices_admin on public.invoices
  for all to authenticated using (public.has_role(org_id, 'admin')) with check (public.has_role(org_id, 'admin'));
create policy invoice_items_admin on public.invoice_items
  for all to authenticated
  using (exists (select from public.invoices where invoices.id = invoice_items.invoice_id))
  with check (exists (select from public.invoices where invoices.id = invoice_items.invoice_id));

create policy webhooks_admin on public.webhooks
  for all to authenticated using (public.has_role(org_id, 'admin')) with check (public.has_role(org_id, 'admin'));

create policy notifications_select on public.notifications
  for select to authenticated using (user_id = (select auth.uid()) and public.has_role(org_id));
create policy notifications_update on public.notifications
  for update to authenticated
  using (user_id = (select auth.uid()) and public.has_role(org_id))
  with check (user_id = (select auth.uid()) and public.has_role(org_id));

create policy audit_log_select on public.audit_log
  for select to authenticated using (public.has_role(org_id, 'admin'));

-- Files: the first folder is the organization's id. Compared as text, so that an odd name raises nothing.
insert into storage.buckets (id, name, public) values ('org-files', 'org-files', false);

create policy org_files_select on storage.objects
  for select to authenticated
  using (
    bucket_id = 'org-files'
    and (storage.foldername(name))[1] in (
      select m.org_id::text from public.org_members as m
      where m.user_id = (select auth.uid()) and m.status = 'active'
    )
  );
create policy org_files_insert on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'org-files'
    and (storage.foldername(name))[1] in (
      select m.org_id::text from public.org_members as m
      where m.user_id = (select auth.uid()) and m.status = 'active'
    )
  );

-- Views and reports.
create view public.active_clients
  with (security_invoker = true) as
  select clients.id, clients.org_id, clients.name from public.clients where clients.deleted_at is null;

create view public.project_overview
  with (security_invoker = true) as
  select projects.id, projects.org_id, projects.name,
    count(tasks.id) filter (where tasks.state <> 'done') as open_tasks
  from public.projects
  left join public.tasks on tasks.project_id = projects.id
  group by projects.id;

create materialized view public.org_minutes as
  select time_entries.org_id, sum(time_entries.minutes) as minutes
  from public.time_entries
  group by time_entries.org_id;

create view public.my_org_minutes
  with (security_barrier = true) as
  select org_minutes.org_id, org_minutes.minutes
  from public.org_minutes
  where public.has_role(org_minutes.org_id, 'admin');

-- Functions that clients call.
create function public.create_organization(p_name text) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  made uuid;
begin
  if (select auth.uid()) is null then
    raise insufficient_privilege using message = 'sign in first';
  end if;
  insert into public.organizations (name) values (p_name) returning id into made;
  insert into public.org_members (org_id, user_id, role) values (made, (select auth.uid()), 'owner');
  return made;
end
$$;

create function public.accept_invite(p_token text) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  invite public.org_invites;
begin
  select * into invite
  from public.org_invites
  where org_invites.token_hash = encode(sha256(convert_to(p_token, 'UTF8')), 'hex')
    and org_invites.email = (select auth.email())
    and org_invites.accepted_at is null
    and org_invites.expires_at > now();
  if invite.id is null or (select auth.uid()) is null then
    raise insufficient_privilege using message = 'no such invitation';
  end if;
  insert into public.org_members (org_id, user_id) values (invite.org_id, (select auth.uid())) on conflict do nothing;
  update public.org_invites set accepted_at = now() where org_invites.id = invite.id;
  return invite.org_id;
end
$$;

create function public.org_dashboard(p_org uuid) returns table (projects bigint, open_tasks bigint)
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  if not public.has_role(p_org, 'member') then
    raise insufficient_privilege using message = 'not a member of this organization';
  end if;
  return query
    select
      (select count(*) from public.projects where projects.org_id = p_org),
      (select count(*) from public.tasks where tasks.org_id = p_org and tasks.state in ('open', 'doing'));
end
$$;

create function public.search_clients(p_text text) returns setof public.clients
  language sql stable security invoker
  set search_path = ''
as $$
  select * from public.clients where clients.name ilike '%' || p_text || '%'
$$;

-- Rights: no policy restrains the first three, and not every function is for everybody.
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke all on public.org_minutes from anon, authenticated;
revoke insert, update, delete on public.plans, public.audit_log from anon, authenticated;
revoke update on public.notifications from anon, authenticated;
grant update (read_at) on public.notifications to authenticated;
revoke execute on all functions in schema public from public, anon, authenticated;
grant execute on function public.has_role(uuid, public.org_role), public.shares_org(uuid),
  public.create_organization(text), public.accept_invite(text), public.org_dashboard(uuid), public.search_clients(text)
  to authenticated;
