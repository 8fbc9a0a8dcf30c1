-- A function with its owner's rights tells the name of any farm: it reads a row into a variable, and asks for no setting.
-- system: none
-- class: 48
-- expect: leak call-definer on public.name_of at name_of

create table public.farms (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.fields (
  id uuid primary key default gen_random_uuid(),
  farm_id uuid not null references public.farms (id),
  crop text not null
);

create function public.current_farm() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
  farm uuid;
begin
  select nullif(current_setting('app.farm', true), '')::uuid into farm;
  return farm;
end
$$;

create function public.name_of(farm uuid) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  found text;
begin
  select name into found from public.farms where id = farm;
  return found;
end
$$;

alter table public.farms enable row level security;
alter table public.fields enable row level security;

create policy farms_own on public.farms using (id = public.current_farm());
create policy fields_own on public.fields using (farm_id = public.current_farm());
