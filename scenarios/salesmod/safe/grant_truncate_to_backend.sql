-- Only the backend may empty the table.
-- system: salesmod
-- class: 35
-- expect: clean

grant truncate on public.search_queries to service_role;
