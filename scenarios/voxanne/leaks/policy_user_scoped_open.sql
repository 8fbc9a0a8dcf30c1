-- The profiles of all users are readable: a directory of every customer.
-- system: voxanne
-- expect: leak read-row on public.user_profiles at user_profiles_directory

create policy user_profiles_directory on public.user_profiles
  for select to authenticated
  using (true);
