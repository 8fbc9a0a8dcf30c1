-- Only the backend may empty the table.
-- system: salesmod
-- expect: clean

grant truncate on public.search_queries to service_role;
