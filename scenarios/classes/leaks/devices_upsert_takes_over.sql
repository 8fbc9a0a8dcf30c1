-- The function registers a device, and where another fleet has it already, takes it over: ON CONFLICT updates a row that the caller cannot see.
-- system: supabase
-- class: 41
-- expect: leak call-definer on public.register_device at register_device

create table public.fleets (
  id bigint generated always as identity primary key,
  name text not null
);

create table public.devices (
  id bigint generated always as identity primary key,
  fleet_id bigint not null references public.fleets (id) on delete cascade,
  imei text not null,
  label text,
  constraint devices_imei_key unique (imei)
);

create function public.fleet() returns bigint
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'fleet_id', '')::bigint
$$;

create function public.register_device(p_imei text, p_label text) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if public.fleet() is null then
    raise insufficient_privilege using message = 'no fleet in the token';
  end if;
  insert into public.devices (fleet_id, imei, label)
  values (public.fleet(), p_imei, p_label)
  on conflict (imei) do update set fleet_id = excluded.fleet_id, label = excluded.label;
end
$$;

revoke execute on function public.register_device(text, text) from public, anon;

alter table public.fleets enable row level security;
alter table public.devices enable row level security;

create policy fleets_select on public.fleets
  for select to authenticated using (id = (select public.fleet()));
create policy devices_select on public.devices
  for select to authenticated using (fleet_id = (select public.fleet()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
revoke insert, update, delete on public.fleets, public.devices from anon, authenticated;
