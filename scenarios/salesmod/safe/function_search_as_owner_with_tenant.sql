-- The search runs as its owner and names the caller's tenant itself.
-- system: salesmod
-- class: 48
-- expect: clean

create or replace function public.search_contacts(p_query text) returns setof public.contacts
  language sql stable security definer
  set search_path = ''
as $$
  select *
  from public.contacts
  where contacts.tenant_id = public.current_tenant_id() and contacts.deleted_at is null
    and (contacts.full_name ilike '%' || p_query || '%' or contacts.email ilike '%' || p_query || '%')
  order by contacts.last_name, contacts.id
$$;
