-- The forgotten policy is for the backend only, which bypasses row security anyway.
-- system: salesmod
-- class: 17
-- through: 20251116000002
-- expect: clean

create policy email_templates_delete on public.email_templates for delete to service_role using (true);
