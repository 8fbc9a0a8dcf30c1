-- A member may tidy up its outbox by a function that runs as its owner and tidies up everybody's.
-- system: workspace
-- class: 51
-- expect: leak call-definer on public.purge_outbox at purge_outbox

create function public.purge_outbox() returns bigint
  language plpgsql security definer
  set search_path = ''
as $$
declare
  purged bigint;
begin
  delete from public.channel_outbox
  where created_at < now() - interval '30 days'
    and status in ('sent', 'delivered', 'failed', 'pending');
  get diagnostics purged = row_count;
  return purged;
end
$$;

grant execute on function public.purge_outbox() to authenticated;
