-- A later migration grants UPDATE of two more columns, neither of which decides anything.
-- system: salesmod
-- class: 38
-- expect: clean

alter table public.profiles add column job_title text, add column locale text not null default 'en';
grant update (job_title, locale) on public.profiles to authenticated;
