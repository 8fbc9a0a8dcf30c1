-- Only the backend may truncate.
-- system: voxanne
-- expect: clean

grant truncate on public.dnc_list to service_role;
