-- A function adds any user to a choir, if the caller conducts that choir.
-- system: supabase
-- class: 38, 50
-- expect: clean

create table public.choirs (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.singers (
  choir_id uuid not null references public.choirs (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  part text not null default 'singer' check (part in ('singer', 'conductor')),
  voice text,
  primary key (choir_id, user_id)
);

create table public.scores (
  id uuid primary key default gen_random_uuid(),
  choir_id uuid not null references public.choirs (id) on delete cascade,
  title text not null
);

create function public.sings_in(p_choir uuid) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.singers where singers.choir_id = p_choir and singers.user_id = (select auth.uid())
  )
$$;

create function public.add_singer(p_choir uuid, p_user uuid) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if not exists (
    select from public.singers
    where singers.choir_id = p_choir and singers.user_id = (select auth.uid()) and singers.part = 'conductor'
  ) then
    raise insufficient_privilege using message = 'only a conductor adds singers';
  end if;
  insert into public.singers (choir_id, user_id) values (p_choir, p_user) on conflict do nothing;
end
$$;

alter table public.choirs enable row level security;
alter table public.singers enable row level security;
alter table public.scores enable row level security;

create policy choirs_select on public.choirs
  for select to authenticated using (public.sings_in(id));
create policy singers_select on public.singers
  for select to authenticated using (public.sings_in(choir_id));
create policy scores_all on public.scores
  for all to authenticated using (public.sings_in(choir_id)) with check (public.sings_in(choir_id));

revoke execute on all functions in schema public from public, anon;
revoke insert, update, delete on public.singers, public.choirs from anon, authenticated;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
