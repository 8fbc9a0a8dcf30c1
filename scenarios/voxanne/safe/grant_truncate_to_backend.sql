-- Only the backend may truncate.
-- system: voxanne
-- class: 35
-- expect: clean

grant truncate on public.dnc_list to service_role;
