-- Mends recommendation 1: what CASCADE took away comes back, in terms of workspace_id.

-- The policy that showed all templates was safe behind the fence only; the template's four policies say it all.
drop policy message_templates_read on public.message_templates;

alter view public.cmo_dashboard set (security_invoker = true);

revoke all on public.cmo_dashboard from anon;
revoke truncate, references, trigger on public.cmo_dashboard from authenticated;
