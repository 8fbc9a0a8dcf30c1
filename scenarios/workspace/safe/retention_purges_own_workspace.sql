-- The same function asks for the workspace and tidies up that one.
-- system: workspace
-- class: 51
-- expect: clean

create function public.purge_outbox(p_workspace_id uuid) returns bigint
  language plpgsql security definer
  set search_path = ''
as $$
declare
  purged bigint;
begin
  if not public.user_has_workspace_access(p_workspace_id) then
    raise exception 'not a member of this workspace' using errcode = 'insufficient_privilege';
  end if;
  delete from public.channel_outbox
  where created_at < now() - interval '30 days'
    and status in ('sent', 'delivered', 'failed', 'pending')
    and channel_outbox.workspace_id = p_workspace_id;
  get diagnostics purged = row_count;
  return purged;
end
$$;

grant execute on function public.purge_outbox(uuid) to authenticated;
