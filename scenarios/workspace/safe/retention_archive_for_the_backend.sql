-- The same archive, which nobody but the backend may read.
-- system: workspace
-- class: 3
-- expect: clean

create table public.audit_entries_archive (like public.audit_entries including all);
grant select, insert on public.audit_entries_archive to service_role;
