-- A function with its owner's rights looks tables up in the caller's path: a temporary one makes the caller another chain's clerk.
-- system: none
-- class: 53
-- expect: leak shadow-name on public.redeem at redeem

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'kiosk') then
    create role kiosk login;
  end if;
end
$$;

create table public.chains (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.clerks (
  name text primary key,
  chain_id uuid not null references public.chains (id),
  pin text
);

create table public.vouchers (
  id uuid primary key default gen_random_uuid(),
  chain_id uuid not null references public.chains (id),
  holder text not null,
  cents integer not null
);

alter table public.chains enable row level security;
alter table public.clerks enable row level security;
alter table public.vouchers enable row level security;

create policy clerks_self on public.clerks
  for select to kiosk using (name = nullif(current_setting('kiosk.clerk', true), ''));
create policy chains_own on public.chains
  for select to kiosk using (id = (
    select clerks.chain_id from public.clerks where clerks.name = nullif(current_setting('kiosk.clerk', true), '')
  ));
create policy vouchers_own on public.vouchers
  for select to kiosk using (chain_id = (
    select clerks.chain_id from public.clerks where clerks.name = nullif(current_setting('kiosk.clerk', true), '')
  ));

create function public.redeem(p_voucher uuid) returns text
  language plpgsql security definer
as $$
declare
  named text;
begin
  -- The vouchers of the clerk's own chain, and no others.
  if not exists (
    select from clerks
    join vouchers on vouchers.chain_id = clerks.chain_id
    where clerks.name = nullif(current_setting('kiosk.clerk', true), '') and vouchers.id = p_voucher
  ) then
    raise insufficient_privilege using message = 'not a voucher of this chain';
  end if;
  update public.vouchers set cents = 0 where vouchers.id = p_voucher returning vouchers.holder into named;
  return named;
end
$$;

revoke execute on function public.redeem(uuid) from public;
grant execute on function public.redeem(uuid) to kiosk;
grant select on public.chains, public.clerks, public.vouchers to kiosk;
