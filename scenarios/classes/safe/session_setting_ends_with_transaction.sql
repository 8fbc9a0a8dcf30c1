-- The function that signs a user in sets the landlord for the transaction alone.
-- system: none
-- class: 88
-- expect: clean
-- note: Who may read the key is let in by it; nobody else can name one.

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rental_app') then
    create role rental_app login;
  end if;
end
$$;

create table public.landlords (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.keys (
  id uuid primary key default gen_random_uuid(),
  token text not null unique default encode(sha256(gen_random_uuid()::text::bytea), 'hex'),
  landlord_id uuid not null references public.landlords (id) on delete cascade
);

create table public.flats (
  id uuid primary key default gen_random_uuid(),
  landlord_id uuid not null references public.landlords (id) on delete cascade,
  street text not null,
  rent_cents integer not null default 0
);

-- Who shows a key is that landlord's from now on.
create function public.enter(p_token text) returns void
  language plpgsql security definer
  set search_path = ''
as $$
declare
  found_landlord uuid;
begin
  select keys.landlord_id into found_landlord from public.keys where keys.token = p_token;
  if found_landlord is null then
    raise insufficient_privilege using message = 'no such key';
  end if;
  perform pg_catalog.set_config('rental.landlord', found_landlord::text, true);
end
$$;

alter table public.landlords enable row level security;
alter table public.keys enable row level security;
alter table public.flats enable row level security;

create policy landlords_own on public.landlords
  for select to rental_app using (id = nullif(current_setting('rental.landlord', true), '')::uuid);
create policy flats_own on public.flats
  for all to rental_app
  using (landlord_id = nullif(current_setting('rental.landlord', true), '')::uuid)
  with check (landlord_id = nullif(current_setting('rental.landlord', true), '')::uuid);

revoke execute on function public.enter(text) from public;
grant execute on function public.enter(text) to rental_app;
grant select on public.landlords to rental_app;
grant select, insert, update, delete on public.flats to rental_app;
