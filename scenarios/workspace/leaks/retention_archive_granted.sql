-- An archive made by LIKE copies the columns and no policy, and it was granted like the original.
-- system: workspace
-- class: 3
-- expect: leak read-row on public.audit_entries_archive at row-level security

create table public.audit_entries_archive (like public.audit_entries including all);
grant select on public.audit_entries_archive to authenticated;
