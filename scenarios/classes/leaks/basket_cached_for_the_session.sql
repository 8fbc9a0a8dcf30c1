-- A function keeps its result in a temporary table for the session: the next user of the pooled connection reads the former user's basket.
-- system: supabase
-- class: 86
-- expect: leak pooled-session on public.my_basket at my_basket

create table public.baskets (
  id uuid primary key default gen_random_uuid(),
  buyer_id uuid not null references auth.users (id) on delete cascade,
  article text not null,
  amount integer not null default 1 check (amount > 0)
);

alter table public.baskets enable row level security;

create policy baskets_own on public.baskets
  for all to authenticated
  using (buyer_id = (select auth.uid()))
  with check (buyer_id = (select auth.uid()));

-- The page asks for the basket several times: it is computed once.
create function public.my_basket() returns table (article text, amount integer)
  language plpgsql security invoker
  set search_path = ''
as $$
begin
  if to_regclass('pg_temp.basket_of_session') is null then
    create temporary table basket_of_session on commit preserve rows as
      select baskets.article, baskets.amount from public.baskets where baskets.buyer_id = (select auth.uid());
  end if;
  return query select b.article, b.amount from pg_temp.basket_of_session as b;
end
$$;

revoke execute on function public.my_basket() from public, anon;
revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
