-- The address of the token is used as a pattern: an address with a % or _ in it reads other people's letters.
-- system: supabase
-- class: 16
-- expect: leak claim-malformed on public.letters at letters_select

create table public.mailboxes (
  email text primary key check (email = lower(email)),
  label text not null
);

create table public.letters (
  id bigint generated always as identity primary key,
  mailbox text not null references public.mailboxes (email),
  subject text not null,
  body text
);

create function public.caller_email() returns text
  language sql stable
  set search_path = ''
as $$
  select lower(nullif(auth.jwt() ->> 'email', ''))
$$;

alter table public.mailboxes enable row level security;
alter table public.letters enable row level security;

create policy mailboxes_select on public.mailboxes
  for select to authenticated
  using (email = (select public.caller_email()));
create policy letters_select on public.letters
  for select to authenticated
  using (mailbox like (select public.caller_email()));
create policy letters_delete on public.letters
  for delete to authenticated
  using (mailbox = (select public.caller_email()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update on public.letters from anon, authenticated;
