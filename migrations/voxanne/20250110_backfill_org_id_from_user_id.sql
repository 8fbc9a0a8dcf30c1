-- Phase 3 of the backfill: every row receives the organization of its user, which is the default one unless the user has another.

-- One organization for all: what the plan calls the 1:1 mapping. A user whose app_metadata names an existing organization keeps it;
-- a user_id that is NULL or names nobody leads to the default organization.
create function public.backfill_org_id(owner uuid) returns uuid
  language sql stable
as $$
  select coalesce(
    (
      select organizations.id
      from auth.users
      join public.organizations on organizations.id::text = lower(users.raw_app_meta_data ->> 'org_id')
      where users.id = owner
    ),
    'a0000000-0000-0000-0000-000000000001'
  )
$$;

-- Tables with user_id.
update public.call_logs set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.calls set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.leads set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.agents set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.knowledge_base set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.integrations set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.imports set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.outreach_templates set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.phone_blacklist set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.agent_configurations set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.campaign_phone_numbers set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.campaigns set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.cold_call_logs set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.contacts set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.call_lists set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.dnc_list set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.embeddings set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.knowledge_base_chunks set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.knowledge_base_documents set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.notification_history set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.notification_templates set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.phone_assistants set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.sentiment_analysis set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.telephony_audit_log set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.user_active_calls set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.user_phone_numbers set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.user_twilio_subaccounts set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.usage_events set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.usage_records set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.compliance_audit_logs set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.consent_records set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.credit_transactions set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.customer_twilio_keys set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.daily_lead_uploads set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.notification_rate_limits set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.onboarding_events set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.payment_events_log set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.payments set org_id = public.backfill_org_id(user_id) where org_id is null;
update public.billing_cycles set org_id = public.backfill_org_id(user_id) where org_id is null;

-- Tables without user_id: through the parent.
update public.call_tracking as child set org_id = parent.org_id
from public.calls as parent
where parent.id = child.call_id and child.org_id is null;
update public.knowledge_base_changelog as child set org_id = parent.org_id
from public.knowledge_base as parent
where parent.id = child.knowledge_base_id and child.org_id is null;
update public.recording_upload_queue as child set org_id = parent.org_id
from public.calls as parent
where parent.id = child.call_id and child.org_id is null;
update public.campaign_metrics as child set org_id = parent.org_id
from public.campaigns as parent
where parent.id = child.campaign_id and child.org_id is null;
update public.hallucination_flags as child set org_id = parent.org_id
from public.calls as parent
where parent.id = child.call_id and child.org_id is null;
update public.kb_sync_log as child set org_id = parent.org_id
from public.knowledge_base as parent
where parent.id = child.knowledge_base_id and child.org_id is null;

-- Orphans of those: the default organization.
update public.call_tracking set org_id = 'a0000000-0000-0000-0000-000000000001' where org_id is null;
update public.knowledge_base_changelog set org_id = 'a0000000-0000-0000-0000-000000000001' where org_id is null;
update public.recording_upload_queue set org_id = 'a0000000-0000-0000-0000-000000000001' where org_id is null;
update public.campaign_metrics set org_id = 'a0000000-0000-0000-0000-000000000001' where org_id is null;
update public.hallucination_flags set org_id = 'a0000000-0000-0000-0000-000000000001' where org_id is null;
update public.kb_sync_log set org_id = 'a0000000-0000-0000-0000-000000000001' where org_id is null;

drop function public.backfill_org_id(uuid);

-- Nothing may be left without an organization before it becomes mandatory.
do $$
declare
  scoped record;
  missing bigint;
begin
  for scoped in
    select columns.table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  loop
    execute format('select count(*) from public.%I where org_id is null', scoped.table_name) into missing;
    if missing > 0 then
      raise exception '% rows of % have no org_id', missing, scoped.table_name;
    end if;
  end loop;
end
$$;
