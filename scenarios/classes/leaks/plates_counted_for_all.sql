-- A trigger counts the dishes of all kitchens in one row that everybody reads: the number tells how busy the others are.
-- system: supabase
-- class: 55
-- expect: leak sense-row on public.dish_counts at count_dish

create table public.kitchens (
  id bigint generated always as identity primary key,
  name text not null
);

create table public.cooks (
  user_id uuid primary key references auth.users (id) on delete cascade,
  kitchen_id bigint not null references public.kitchens (id) on delete cascade
);

create table public.dishes (
  id bigint generated always as identity primary key,
  kitchen_id bigint not null references public.kitchens (id) on delete cascade,
  name text not null,
  served_on date not null default current_date
);

create table public.dish_counts (
  served_on date primary key,
  dishes integer not null default 0
);

create function public.my_kitchen() returns bigint
  language sql stable security definer
  set search_path = ''
as $$
  select cooks.kitchen_id from public.cooks where cooks.user_id = (select auth.uid())
$$;

create function public.count_dish() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.dish_counts (served_on, dishes)
  values (new.served_on, 1)
  on conflict (served_on) do update set dishes = dish_counts.dishes + 1;
  return new;
end
$$;

create trigger count_dish after insert on public.dishes
  for each row execute function public.count_dish();

alter table public.kitchens enable row level security;
alter table public.cooks enable row level security;
alter table public.dishes enable row level security;
alter table public.dish_counts enable row level security;

create policy kitchens_own on public.kitchens
  for select to authenticated using (id = (select public.my_kitchen()));
create policy cooks_own on public.cooks
  for select to authenticated using (kitchen_id = (select public.my_kitchen()));
create policy dishes_own on public.dishes
  for all to authenticated
  using (kitchen_id = (select public.my_kitchen()))
  with check (kitchen_id = (select public.my_kitchen()));
create policy dish_counts_read on public.dish_counts
  for select to authenticated using ((select public.my_kitchen()) is not null);

revoke execute on function public.my_kitchen() from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
