-- A user may delete its profile and make another one, in whichever tenant it likes.
-- system: salesmod
-- class: 38
-- expect: leak insert-row on public.profiles at profiles_insert_own

grant insert, delete on public.profiles to authenticated;
create policy profiles_insert_own on public.profiles
  for insert to authenticated
  with check (auth.uid() = id);
create policy profiles_delete_own on public.profiles
  for delete to authenticated
  using (auth.uid() = id);
