-- A function with its owner's rights reads a setting into a variable, and another one sets it: neither reaches a row.
-- system: none
-- class: 48
-- expect: clean

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

create function public.enter_farm(farm uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform set_config('app.farm', farm::text, true);
end
$$;

alter table public.farms enable row level security;
alter table public.fields enable row level security;

create policy farms_own on public.farms using (id = public.current_farm());
create policy fields_own on public.fields using (farm_id = public.current_farm());
