-- Views and functions that the application calls.
-- As they were deployed: the views read as their owner, and the functions believe the workspace that they are told.

create view public.cmo_dashboard as
  select
    cmo_campaigns.id, cmo_campaigns.workspace_id, cmo_campaigns.tenant_id, cmo_campaigns.campaign_name, cmo_campaigns.status,
    coalesce(sum(campaign_metrics.clicks), 0) as clicks, coalesce(sum(campaign_metrics.conversions), 0) as conversions
  from public.cmo_campaigns
  left join public.campaign_metrics on campaign_metrics.campaign_id = cmo_campaigns.id
  group by cmo_campaigns.id;

create view public.open_deals as
  select deals.id, deals.workspace_id, deals.name, deals.stage, deals.value, deals.expected_close_date, companies.name as company
  from public.deals
  left join public.companies on companies.id = deals.company_id
  where deals.stage not in ('closed_won', 'closed_lost');

-- Numbers for the first page.
create function public.get_workspace_dashboard(p_workspace_id uuid)
  returns table (leads bigint, open_deals bigint, pipeline_value numeric, open_tasks bigint)
  language sql stable security definer
as $$
  select
    (select count(*) from leads where leads.workspace_id = p_workspace_id),
    (select count(*) from deals where deals.workspace_id = p_workspace_id and deals.stage not in ('closed_won', 'closed_lost')),
    (select sum(deals.value) from deals where deals.workspace_id = p_workspace_id),
    (select count(*) from tasks where tasks.workspace_id = p_workspace_id and tasks.status in ('open', 'in_progress'))
$$;

create function public.log_kernel_event(p_workspace_id uuid, p_event_type text, p_payload jsonb default '{}') returns bigint
  language plpgsql security definer
as $$
declare
  logged bigint;
begin
  insert into kernel_events (workspace_id, event_type, source, actor_id, payload)
  values (p_workspace_id, p_event_type, 'client', auth.uid(), p_payload)
  returning id into logged;
  return logged;
end
$$;

-- Runs as its caller: the policy of leads decides what it finds.
create function public.search_leads(p_text text, p_limit integer default 20) returns setof public.leads
  language sql stable security invoker
  set search_path = ''
as $$
  select *
  from public.leads
  where leads.email ilike '%' || p_text || '%' or leads.last_name ilike '%' || p_text || '%'
  order by leads.score desc nulls last
  limit p_limit
$$;

-- Whoever signs in may found a workspace and owns it.
create function public.create_workspace(p_name text) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  founded uuid;
begin
  if auth.uid() is null then
    raise exception 'sign in first' using errcode = 'insufficient_privilege';
  end if;
  insert into public.workspaces (name) values (p_name) returning id into founded;
  insert into public.workspace_members (workspace_id, user_id, role) values (founded, auth.uid(), 'owner');
  return founded;
end
$$;

create function public.accept_invitation(p_token text) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  invitation public.workspace_invitations;
begin
  select * into invitation
  from public.workspace_invitations
  where workspace_invitations.token_hash = encode(sha256(convert_to(p_token, 'UTF8')), 'hex')
    and workspace_invitations.email = (select auth.email())
    and workspace_invitations.accepted_at is null and workspace_invitations.expires_at > now();
  if invitation.id is null or auth.uid() is null then
    raise exception 'no such invitation' using errcode = 'insufficient_privilege';
  end if;
  insert into public.workspace_members (workspace_id, user_id, role)
  values (invitation.workspace_id, auth.uid(), invitation.role)
  on conflict do nothing;
  update public.workspace_invitations set accepted_at = now() where workspace_invitations.id = invitation.id;
  return invitation.workspace_id;
end
$$;
