-- The plan's rollback of phase 6 drops the triggers; the write checks of the policies still hold.
-- system: voxanne
-- expect: clean

drop trigger if exists org_id_immutable_leads on public.leads;
drop trigger if exists org_id_immutable_calls on public.calls;
drop trigger if exists org_id_immutable_contacts on public.contacts;
drop trigger if exists org_id_immutable_dnc_list on public.dnc_list;
