-- TRUNCATE asks no policy: one statement empties the table for every organization.
-- system: voxanne
-- class: 35
-- expect: leak truncate-table on public.dnc_list at dnc_list
-- note: No other table references this one.

grant truncate on public.dnc_list to authenticated;
