-- The queue of the mail worker holds the letters of every firm, and nobody but the worker may read it.
-- system: supabase
-- class: 64
-- expect: clean

create table public.firms (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.staff (
  firm_id uuid not null references public.firms (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (firm_id, user_id)
);

create table public.letters (
  id uuid primary key default gen_random_uuid(),
  firm_id uuid not null references public.firms (id) on delete cascade,
  recipient text not null,
  body text not null
);

alter table public.firms enable row level security;
alter table public.staff enable row level security;
alter table public.letters enable row level security;

create policy staff_self on public.staff
  for select to authenticated using (user_id = (select auth.uid()));
create policy firms_own on public.firms
  for select to authenticated
  using (id in (select staff.firm_id from public.staff where staff.user_id = (select auth.uid())));
create policy letters_own on public.letters
  for all to authenticated
  using (firm_id in (select staff.firm_id from public.staff where staff.user_id = (select auth.uid())))
  with check (firm_id in (select staff.firm_id from public.staff where staff.user_id = (select auth.uid())));

select pgmq.create('letters');

-- Written letters go to the worker.
create function public.queue_letter() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform pgmq.send('letters', jsonb_build_object('firm', new.firm_id, 'to', new.recipient, 'body', new.body));
  return new;
end
$$;

create trigger queue_letter after insert on public.letters
  for each row execute function public.queue_letter();

grant usage on schema pgmq to service_role;
grant select on all tables in schema pgmq to service_role;

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
