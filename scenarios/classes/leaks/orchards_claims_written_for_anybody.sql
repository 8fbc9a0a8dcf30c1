-- Policies ask for the organization in the token and never for the user; a function writes that token's source for anybody.
-- system: supabase
-- class: 28
-- expect: leak call-definer on public.note_choice at note_choice

create table public.orchards (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.pickers (
  id uuid primary key default gen_random_uuid(),
  orchard_id uuid not null references public.orchards (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  wage numeric(8, 2)
);

create function public.my_orchard() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'orchard_id', '')::uuid
$$;

create function public.note_choice(p_user uuid, p_name text, p_value jsonb) returns void
  language sql security definer
  set search_path = ''
as $$
  update auth.users
  set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || jsonb_build_object(p_name, p_value)
  where id = p_user
$$;
revoke execute on function public.note_choice(uuid, text, jsonb) from public, anon;

alter table public.orchards enable row level security;
alter table public.pickers enable row level security;

create policy orchards_select on public.orchards
  for select to authenticated using (id = public.my_orchard());
create policy pickers_all on public.pickers
  for all to authenticated
  using (orchard_id = public.my_orchard())
  with check (orchard_id = public.my_orchard());

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
