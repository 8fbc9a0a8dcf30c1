-- A form is a view whose trigger writes with its owner's rights and believes the institute that the form names.
-- system: supabase
-- class: 45
-- expect: leak insert-row on public.study_form at write_study

create table public.institutes (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.researchers (
  user_id uuid primary key references auth.users (id) on delete cascade,
  institute_id uuid not null references public.institutes (id) on delete cascade
);

create table public.studies (
  id uuid primary key default gen_random_uuid(),
  institute_id uuid not null references public.institutes (id) on delete cascade,
  title text not null,
  abstract text
);

create function public.my_institute() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select researchers.institute_id from public.researchers where researchers.user_id = (select auth.uid())
$$;

alter table public.institutes enable row level security;
alter table public.researchers enable row level security;
alter table public.studies enable row level security;

create policy institutes_own on public.institutes
  for select to authenticated using (id = (select public.my_institute()));
create policy researchers_own on public.researchers
  for select to authenticated using (institute_id = (select public.my_institute()));
create policy studies_read on public.studies
  for select to authenticated using (institute_id = (select public.my_institute()));

create view public.study_form
  with (security_invoker = true) as
  select studies.id, studies.institute_id, studies.title, studies.abstract from public.studies;

create function public.write_study() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.studies (institute_id, title, abstract)
  values (new.institute_id, new.title, new.abstract);
  return new;
end
$$;

create trigger write_study instead of insert on public.study_form
  for each row execute function public.write_study();

revoke execute on function public.my_institute() from public, anon;
revoke all on public.study_form from anon, authenticated;
grant select, insert on public.study_form to authenticated;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
