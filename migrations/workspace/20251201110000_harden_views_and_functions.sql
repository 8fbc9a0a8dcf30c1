-- Mends the views and functions: views run as their caller, and functions ask whose workspace it is that they are told.

alter view public.cmo_dashboard set (security_invoker = true);
alter view public.open_deals set (security_invoker = true);

alter function public.touch_updated_at() set search_path = '';
alter function public.keep_tenant_id() set search_path = '';

create or replace function public.get_workspace_dashboard(p_workspace_id uuid)
  returns table (leads bigint, open_deals bigint, pipeline_value numeric, open_tasks bigint)
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  if not public.user_has_workspace_access(p_workspace_id) then
    raise exception 'not a member of this workspace' using errcode = 'insufficient_privilege';
  end if;
  return query
    select
      (select count(*) from public.leads where leads.workspace_id = p_workspace_id),
      (
        select count(*)
        from public.deals
        where deals.workspace_id = p_workspace_id and deals.stage not in ('closed_won', 'closed_lost')
      ),
      (select sum(deals.value) from public.deals where deals.workspace_id = p_workspace_id),
      (select count(*) from public.tasks where tasks.workspace_id = p_workspace_id and tasks.status in ('open', 'in_progress'));
end
$$;

create or replace function public.log_kernel_event(p_workspace_id uuid, p_event_type text, p_payload jsonb default '{}') returns bigint
  language plpgsql security definer
  set search_path = ''
as $$
declare
  logged bigint;
begin
  if not public.user_has_workspace_access(p_workspace_id) then
    raise exception 'not a member of this workspace' using errcode = 'insufficient_privilege';
  end if;
  insert into public.kernel_events (workspace_id, event_type, source, actor_id, payload)
  values (p_workspace_id, p_event_type, 'client', auth.uid(), p_payload)
  returning id into logged;
  return logged;
end
$$;

-- Policies and members call these; nobody needs the others.
revoke execute on all functions in schema public from public, anon, authenticated;
grant execute on function
  public.user_has_workspace_access(uuid),
  public.user_administers_workspace(uuid)
  to anon, authenticated, service_role;
grant execute on function
  public.get_workspace_dashboard(uuid),
  public.log_kernel_event(uuid, text, jsonb),
  public.search_leads(text, integer),
  public.create_workspace(text),
  public.accept_invitation(text)
  to authenticated, service_role;
