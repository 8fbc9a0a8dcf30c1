-- A trigger with its owner's rights counts answers to questions that were published, and a foreign key holds each answer to its question.
-- system: supabase
-- class: 54
-- expect: clean

create table public.schools (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.questions (
  id uuid primary key default gen_random_uuid(),
  school_id uuid not null references public.schools (id) on delete cascade,
  title text not null,
  published boolean not null default false,
  answer_count integer not null default 0
);

create table public.answers (
  id uuid primary key default gen_random_uuid(),
  school_id uuid not null references public.schools (id) on delete cascade,
  question_id uuid not null references public.questions (id) on delete cascade,
  remark text
);

create function public.caller_school() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'school_id', '')::uuid
$$;

create function public.count_answer() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update public.questions set answer_count = questions.answer_count + 1
  where questions.id = new.question_id and questions.published;
  return null;
end
$$;

create trigger count_answer after insert on public.answers
  for each row execute function public.count_answer();

alter table public.schools enable row level security;
alter table public.questions enable row level security;
alter table public.answers enable row level security;

create policy schools_own on public.schools
  for select to authenticated using (id = (select public.caller_school()));
create policy questions_own on public.questions
  for select to authenticated using (school_id = (select public.caller_school()));
create policy questions_published on public.questions
  for select to anon, authenticated using (published);
create policy answers_read on public.answers
  for select to authenticated using (school_id = (select public.caller_school()));
create policy answers_write on public.answers
  for insert to authenticated with check (
    school_id = (select public.caller_school())
    -- Only questions that the caller may see.
    and exists (select from public.questions where questions.id = answers.question_id)
  );

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
