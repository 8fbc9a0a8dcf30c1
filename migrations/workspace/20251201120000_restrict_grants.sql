-- Mends the grants on the tables of that day: visitors have none but the price list, and row security is no check on
-- TRUNCATE, REFERENCES and TRIGGER. What comes later is still opened by the platform's default privileges.

revoke all on all tables in schema public from anon;
grant select on public.plans to anon;
revoke truncate, references, trigger on all tables in schema public from authenticated;
revoke insert, update, delete on public.plans from authenticated;

-- Logs grow by triggers and by the backend, and never change; visitors' answers come in through the backend.
revoke insert, update, delete on public.kernel_events, public.audit_entries, public.form_submissions from authenticated;
revoke all on all sequences in schema public from anon, authenticated;
