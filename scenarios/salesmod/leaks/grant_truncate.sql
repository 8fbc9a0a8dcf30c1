-- The grant of a clean-up job went to members: TRUNCATE asks no policy.
-- system: salesmod
-- class: 35
-- expect: leak truncate-table on public.search_queries at search_queries

grant truncate on public.search_queries to authenticated;
