-- The person's own row and what is the same for everybody. An organization is a person: its id is the user's id.

-- Keeps updated_at true on every table that has it.
create function public.update_updated_at_column() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.updated_at = now();
  return new;
end
$$;

-- One row a user, made when the user signs up.
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  email text,
  full_name text,
  company_name text,
  phone text,
  timezone text not null default 'America/Los_Angeles',
  preferences jsonb not null default '{}',
  onboarded_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger update_profiles_updated_at
  before update on public.profiles
  for each row execute function public.update_updated_at_column();
alter table public.profiles enable row level security;
create policy profiles_select_own on public.profiles
  for select to authenticated
  using (auth.uid() = id);
create policy profiles_update_own on public.profiles
  for update to authenticated
  using (auth.uid() = id)
  with check (auth.uid() = id);

create function public.handle_new_user() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.profiles (id, email, full_name)
  values (new.id, new.email, new.raw_user_meta_data ->> 'full_name')
  on conflict (id) do nothing;
  return new;
end
$$;
revoke execute on function public.handle_new_user() from public, anon, authenticated;
create trigger on_auth_user_created
  after insert on auth.users
  for each row execute function public.handle_new_user();

-- The forms on which reports are written, the same for everybody.
create table public.appraisal_form_types (
  code text primary key,
  name text not null,
  is_residential boolean not null default true
);
insert into public.appraisal_form_types (code, name, is_residential) values
  ('1004', 'Uniform Residential Appraisal Report', true),
  ('1025', 'Small Residential Income Property', true),
  ('1073', 'Individual Condominium Unit', true),
  ('2055', 'Exterior-Only Inspection', true),
  ('narrative', 'Narrative Report', false);
alter table public.appraisal_form_types enable row level security;
create policy appraisal_form_types_read on public.appraisal_form_types
  for select to authenticated
  using (true);

-- Only the backend empties tables or puts triggers on them.
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
alter default privileges in schema public revoke truncate, references, trigger on tables from anon, authenticated;
