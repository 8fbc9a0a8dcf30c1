-- The policy is named after the backend, which needs none; it names no role and is for everybody.
-- system: supabase
-- class: 7, 9
-- expect: leak read-row on public.invoices at Service role can manage invoices

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  number text not null,
  amount_cents integer not null default 0,
  unique (user_id, number)
);

create table public.payment_methods (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  card text not null
);

alter table public.invoices enable row level security;
alter table public.payment_methods enable row level security;

create policy "Users can view own invoices" on public.invoices
  for select to authenticated using ((select auth.uid()) = user_id);
create policy "Service role can manage invoices" on public.invoices
  for all using (true);

create policy "Users can view own payment methods" on public.payment_methods
  for select to authenticated using ((select auth.uid()) = user_id);
create policy "Users can remove own payment methods" on public.payment_methods
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
