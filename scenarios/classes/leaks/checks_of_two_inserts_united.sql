-- Two insert policies: what calls itself a template passes the second, whatever tenant it names.
-- system: none
-- class: 34
-- expect: leak insert-row on public.surveys at surveys_template

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'survey_app') then
    create role survey_app login;
  end if;
end
$$;

create table public.institutes (
  id bigint generated always as identity primary key,
  name text not null
);

create table public.surveys (
  id uuid primary key default gen_random_uuid(),
  institute_id bigint not null references public.institutes (id),
  title text not null,
  is_template boolean not null default false
);

create function public.institute() returns bigint
  language sql stable
as $$
  select nullif(current_setting('app.institute', true), '')::bigint
$$;

alter table public.institutes enable row level security;
alter table public.surveys enable row level security;

create policy institutes_own on public.institutes
  for select using (id = public.institute());
create policy surveys_own on public.surveys
  for select using (institute_id = public.institute());
create policy surveys_insert on public.surveys
  for insert with check (institute_id = public.institute() and not is_template);
create policy surveys_template on public.surveys
  for insert with check (is_template);

grant select on public.institutes to survey_app;
grant select, insert on public.surveys to survey_app;
