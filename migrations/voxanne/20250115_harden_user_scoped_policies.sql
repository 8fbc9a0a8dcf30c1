-- The excluded tables stay with their user: the same rows as before, with the caller looked up once a statement.

alter policy profiles_own on public.profiles
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

alter policy user_profiles_own on public.user_profiles
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

alter policy user_credits_own_select on public.user_credits
  using (user_id = (select auth.uid()));

alter policy customers_own_select on public.customers
  using (user_id = (select auth.uid()));

alter policy user_subscriptions_own_select on public.user_subscriptions
  using (user_id = (select auth.uid()));
