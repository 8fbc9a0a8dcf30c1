-- The function that decides over each row says yes to whatever is published, of whichever tenant.
-- system: none
-- class: 19
-- expect: leak read-row on public.articles at articles_select

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'press_app') then
    create role press_app login;
  end if;
end
$$;

create table public.papers (
  id text primary key check (id <> ''),
  title text not null
);

create table public.articles (
  id uuid primary key default gen_random_uuid(),
  paper_id text not null references public.papers (id),
  headline text not null,
  state text not null default 'draft'
);

create function public.may_read(p_paper text, p_state text) returns boolean
  language plpgsql stable
  set search_path = ''
as $$
begin
  if p_state = 'published' then
    return true;
  end if;
  return p_paper = nullif(current_setting('press.paper', true), '') and p_state <> 'trash';
end
$$;

alter table public.papers enable row level security;
alter table public.articles enable row level security;

create policy papers_own on public.papers
  for select using (id = nullif(current_setting('press.paper', true), ''));
create policy articles_select on public.articles
  for select using (public.may_read(paper_id, state));
create policy articles_insert on public.articles
  for insert with check (paper_id = nullif(current_setting('press.paper', true), ''));

grant select on public.papers to press_app;
grant select, insert on public.articles to press_app;
