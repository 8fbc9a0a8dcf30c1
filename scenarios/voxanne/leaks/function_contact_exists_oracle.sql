-- A function that runs as its owner says whether a phone number is anybody's contact: one bit of another organization at a time.
-- system: voxanne
-- class: 52
-- expect: leak call-definer on public.contact_exists at contact_exists

create function public.contact_exists(p_phone text) returns boolean
  language sql stable security definer
  set search_path = ''
as $$
  select exists (select from public.contacts where contacts.phone = p_phone)
$$;

grant execute on function public.contact_exists(text) to authenticated;
