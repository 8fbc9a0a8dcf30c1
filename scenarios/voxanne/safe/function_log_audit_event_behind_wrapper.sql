-- Members log through a wrapper that fills the organization and the user in from the token.
-- system: voxanne
-- class: 51
-- expect: clean
-- note: A caller without an organization is refused by the NOT NULL of org_id.

create function public.log_own_event(p_event_type text, p_table_name text) returns uuid
  language sql volatile security definer
  set search_path = ''
as $$
  select public.log_audit_event(p_event_type, 'APP', p_table_name, auth.uid()::text, public.auth_org_id())
$$;

grant execute on function public.log_own_event(text, text) to authenticated;
