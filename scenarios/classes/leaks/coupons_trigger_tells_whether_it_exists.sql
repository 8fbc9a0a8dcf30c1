-- A trigger with its owner's rights refuses foreign coupons in other words than absent ones: an oracle for the codes of other shops.
-- system: supabase
-- class: 52, 69
-- expect: leak sense-row on public.redemptions at check_coupon

create table public.shops (
  id text primary key,
  title text not null
);

create table public.shop_users (
  shop_id text not null references public.shops (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (shop_id, user_id)
);

create table public.coupons (
  id uuid primary key default gen_random_uuid(),
  shop_id text not null references public.shops (id) on delete cascade,
  code text not null,
  percent smallint not null default 10,
  constraint coupons_shop_id_code_key unique (shop_id, code)
);

create table public.redemptions (
  id uuid primary key default gen_random_uuid(),
  shop_id text not null references public.shops (id) on delete cascade,
  code text not null,
  redeemed_at timestamptz not null default now()
);

create function public.works_for(p_shop text) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (
    select from public.shop_users
    where shop_users.shop_id = p_shop and shop_users.user_id = (select auth.uid())
  )
$$;

create function public.check_coupon() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if not exists (
    select from public.coupons where coupons.shop_id = new.shop_id and coupons.code = new.code
  ) then
    if exists (select from public.coupons where coupons.code = new.code) then
      raise exception 'this coupon is another shop''s' using errcode = 'check_violation';
    end if;
    raise exception 'there is no such coupon' using errcode = 'no_data_found';
  end if;
  return new;
end
$$;

create trigger check_coupon before insert or update of shop_id, code on public.redemptions
  for each row execute function public.check_coupon();

alter table public.shops enable row level security;
alter table public.shop_users enable row level security;
alter table public.coupons enable row level security;
alter table public.redemptions enable row level security;

create policy shops_select on public.shops
  for select to authenticated using (public.works_for(id));
create policy shop_users_select on public.shop_users
  for select to authenticated using (public.works_for(shop_id));
create policy coupons_all on public.coupons
  for all to authenticated using (public.works_for(shop_id)) with check (public.works_for(shop_id));
create policy redemptions_select on public.redemptions
  for select to authenticated using (public.works_for(shop_id));
create policy redemptions_insert on public.redemptions
  for insert to authenticated with check (public.works_for(shop_id));

revoke execute on function public.works_for(text) from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
