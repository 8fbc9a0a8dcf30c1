-- The same question, asked as the caller: only the caller's own contacts count.
-- system: voxanne
-- class: 52
-- expect: clean

create function public.contact_exists(p_phone text) returns boolean
  language sql stable security invoker
  set search_path = ''
as $$
  select exists (select from public.contacts where contacts.phone = p_phone)
$$;

grant execute on function public.contact_exists(text) to authenticated;
