-- user_metadata decides in which language the voices are listed, and never whose rows are seen.
-- system: voxanne
-- class: 15
-- expect: clean

create function public.caller_language() returns text
  language sql stable
  set search_path = ''
as $$
  select coalesce(auth.jwt() -> 'user_metadata' ->> 'language', 'en-US')
$$;

grant execute on function public.caller_language() to authenticated;

drop policy voice_options_read on public.voice_options;
create policy voice_options_read on public.voice_options
  for select to authenticated
  using (is_active and (language = (select public.caller_language()) or language like 'en%'));
