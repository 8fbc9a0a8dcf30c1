-- A user may delete its own profile, and nobody else's.
-- system: salesmod
-- class: 38
-- expect: clean

grant delete on public.profiles to authenticated;
create policy profiles_delete_own on public.profiles
  for delete to authenticated
  using (auth.uid() = id);
