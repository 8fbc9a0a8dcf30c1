-- Mends recommendation 10: a view reads as its owner, whom no policy holds back, unless it says otherwise.

alter view public.leads_active set (security_invoker = true);
alter view public.deals_active set (security_invoker = true);
revoke all on public.leads_active, public.deals_active from anon;
revoke truncate, references, trigger on public.leads_active, public.deals_active from authenticated;
