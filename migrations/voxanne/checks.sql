-- Checks: the verification queries and success criteria of the backfill plan and of the deployment guide.
-- They hold when all migrations are applied.
-- Each is one statement that returns one boolean, run by a superuser in a transaction that is rolled back.
-- Criteria about what another organization can see are proved by attack and not here.

-- The backfill plan.

-- check: All 15 critical tables have an org_id column.
select count(*) = 15
from information_schema.columns
where table_schema = 'public' and column_name = 'org_id' and table_name = any (array[
    'call_logs', 'call_tracking', 'calls', 'leads', 'agents', 'knowledge_base', 'knowledge_base_changelog',
    'integrations', 'recording_upload_queue', 'imports', 'outreach_templates', 'campaign_metrics',
    'phone_blacklist', 'hallucination_flags', 'kb_sync_log'
  ]);

-- check: All 30 secondary tables have an org_id column.
select count(*) = 30
from information_schema.columns
where table_schema = 'public' and column_name = 'org_id' and table_name = any (array[
    'agent_configurations', 'campaign_phone_numbers', 'campaigns', 'cold_call_logs', 'contacts', 'call_lists',
    'dnc_list', 'embeddings', 'knowledge_base_chunks', 'knowledge_base_documents', 'notification_history',
    'notification_templates', 'phone_assistants', 'sentiment_analysis', 'telephony_audit_log',
    'user_active_calls', 'user_phone_numbers', 'user_twilio_subaccounts', 'usage_events', 'usage_records',
    'compliance_audit_logs', 'consent_records', 'credit_transactions', 'customer_twilio_keys',
    'daily_lead_uploads', 'notification_rate_limits', 'onboarding_events', 'payment_events_log', 'payments',
    'billing_cycles'
  ]);

-- check: The nine excluded tables exist and have no org_id column.
select count(*) = 9 and count(columns.column_name) = 0
from information_schema.tables
left join information_schema.columns
  on columns.table_schema = tables.table_schema and columns.table_name = tables.table_name and columns.column_name = 'org_id'
where tables.table_schema = 'public' and tables.table_name = any (array[
    'profiles', 'user_profiles', 'user_credits', 'user_subscriptions', 'customers', 'billing_plans',
    'pricing_tiers', 'voice_options', 'campaign_templates'
  ]);

-- check: No table that has user_id was missed, other than the four excluded ones that belong to a user.
select not exists (
  select
  from information_schema.columns as owned
  join information_schema.tables using (table_schema, table_name)
  where owned.table_schema = 'public' and owned.column_name = 'user_id' and table_type = 'BASE TABLE'
    and table_name not in ('user_profiles', 'user_credits', 'user_subscriptions', 'customers')
    and not exists (
      select
      from information_schema.columns as scoped
      where scoped.table_schema = 'public' and scoped.table_name = owned.table_name and scoped.column_name = 'org_id'
    )
);

-- check: Every org_id references organizations and goes with its organization.
select bool_and(exists (
  select
  from pg_constraint
  where conrelid = format('public.%I', table_name)::regclass and contype = 'f' and confrelid = 'public.organizations'::regclass
    and conname = format('fk_%s_org_id', table_name) and confdeltype = 'c' and convalidated
))
from (
    select table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: Every table with org_id has an index that begins with it.
select bool_and(exists (
  select
  from pg_index
  join pg_attribute on attrelid = indrelid and attnum = indkey[0]
  where indrelid = format('public.%I', table_name)::regclass and attname = 'org_id' and indisvalid and indpred is null
))
from (
    select table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: No row is left without an organization.
select bool_and((xpath(
  '/row/missing/text()',
  query_to_xml(format('select count(*) as missing from public.%I where org_id is null', table_name), false, true, '')
))[1]::text = '0')
from (
    select table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: org_id is NOT NULL wherever it exists.
select bool_and(is_nullable = 'NO')
from information_schema.columns
join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE';

-- check: The CHECK that org_id is present stands on every table that has it.
select bool_and(exists (
  select
  from information_schema.check_constraints
  where constraint_schema = 'public' and constraint_name = format('chk_%s_org_id_present', table_name)
    and check_clause ilike '%org_id is not null%'
))
from (
    select table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: The default organization exists.
select exists (select from public.organizations where id = 'a0000000-0000-0000-0000-000000000001');

-- check: Every user has an organization in its app_metadata.
select not exists (select from auth.users where raw_app_meta_data ->> 'org_id' is null);

-- check: auth_org_id returns the organization of the token's app_metadata.
select public.auth_org_id() = 'a0000000-0000-0000-0000-000000000001'
from set_config('request.jwt.claims', '{"app_metadata": {"org_id": "a0000000-0000-0000-0000-000000000001"}}', true) as claims
where claims is not null;

-- check: auth_org_id ignores user_metadata, which a user can edit.
select public.auth_org_id() is null
from set_config('request.jwt.claims', '{"user_metadata": {"org_id": "a0000000-0000-0000-0000-000000000001"}}', true) as claims
where claims is not null;

-- check: auth_org_id returns NULL for an empty setting.
select public.auth_org_id() is null
from set_config('request.jwt.claims', '', true) as claims
where claims is not null;

-- check: The trigger org_id_immutable_<table> stands on every table with org_id and is enabled.
select bool_and(exists (
  select
  from pg_trigger
  where tgrelid = format('public.%I', table_name)::regclass and tgname = format('org_id_immutable_%s', table_name)
    and tgfoid = 'public.prevent_org_id_change()'::regprocedure and tgenabled = 'O'
))
from (
    select table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: The existing user_id columns remain.
select count(*) = 39
from information_schema.columns
where table_schema = 'public' and column_name = 'user_id' and table_name = any (array[
    'call_logs', 'calls', 'leads', 'agents', 'knowledge_base', 'integrations', 'imports', 'outreach_templates',
    'phone_blacklist', 'agent_configurations', 'campaign_phone_numbers', 'campaigns', 'cold_call_logs',
    'contacts_legacy', 'call_lists', 'dnc_list', 'embeddings', 'knowledge_base_chunks',
    'knowledge_base_documents', 'notification_history', 'notification_templates', 'phone_assistants',
    'sentiment_analysis', 'telephony_audit_log', 'user_active_calls', 'user_phone_numbers',
    'user_twilio_subaccounts', 'usage_events', 'usage_records', 'compliance_audit_logs', 'consent_records',
    'credit_transactions', 'customer_twilio_keys', 'daily_lead_uploads', 'notification_rate_limits',
    'onboarding_events', 'payment_events_log', 'payments', 'billing_cycles'
]);

-- check: No row of the old address book is lost: each is a contact of the same organization.
select not exists (
  select
  from public.contacts_legacy
  where not exists (
    select from public.contacts where contacts.id = contacts_legacy.id and contacts.org_id = contacts_legacy.org_id
  )
);

-- The deployment guide.

-- check: All five tables exist.
select count(*) = 5
from pg_tables
where schemaname = 'public'
  and tablename in ('contacts', 'appointments', 'notifications', 'processed_webhook_events', 'audit_logs');

-- check: contacts has exactly the documented columns, in order.
select array_agg(column_name::text order by ordinal_position) = array[
  'id', 'org_id', 'name', 'phone', 'email', 'service_interests', 'lead_score', 'lead_status', 'last_contact_at', 'notes',
  'created_at', 'updated_at'
]
from information_schema.columns
where table_schema = 'public' and table_name = 'contacts';

-- check: All enums exist.
select count(*) = 6
from pg_type
where typtype = 'e' and typnamespace = 'public'::regnamespace and typname in (
  'lead_score_type', 'lead_status_type', 'appointment_status', 'notification_type', 'notification_status', 'notification_priority'
);

-- check: contacts has its five indexes.
select count(*) = 5
from pg_indexes
where schemaname = 'public' and tablename = 'contacts' and indexname in (
  'idx_contacts_org_status_updated', 'idx_contacts_org_phone', 'idx_contacts_org_created', 'idx_contacts_service_interests',
  'idx_contacts_last_contact'
);

-- check: contacts, appointments and notifications have at least 15 indexes between them.
select count(*) >= 15
from pg_indexes
where schemaname = 'public' and tablename in ('contacts', 'appointments', 'notifications');

-- check: appointments references contacts, and only contacts of its own organization.
select exists (
  select
  from pg_constraint
  where conrelid = 'public.appointments'::regclass and contype = 'f' and confrelid = 'public.contacts'::regclass
    and cardinality(conkey) = 2
);

-- check: notifications has an organization, a user, and what it says.
select count(*) = 7
from information_schema.columns
where table_schema = 'public' and table_name = 'notifications'
  and column_name in ('id', 'org_id', 'user_id', 'type', 'title', 'message', 'status');

-- check: Row security is enabled on every table of public.
select bool_and(rowsecurity) from pg_tables where schemaname = 'public';

-- check: Every policy of an org-scoped table asks for the caller's organization.
select bool_and(coalesce(qual, with_check) like '%auth_org_id()%' and coalesce(with_check, qual) like '%auth_org_id()%')
from pg_policies
join (
    select table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped on scoped.table_name = pg_policies.tablename
where schemaname = 'public';

-- check: Notifications are the user's own: every policy asks for the user as well.
select count(*) = 4 and bool_and(coalesce(qual, with_check) like '%auth.uid()%' and coalesce(with_check, qual) like '%auth.uid()%')
from pg_policies
where schemaname = 'public' and tablename = 'notifications';

-- check: No policy is for everybody or for anon.
select not exists (
  select from pg_policies where schemaname = 'public' and roles && '{public, anon}'::name[]
);

-- check: anon has no privilege on any table of public.
select not exists (
  select
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
    and has_table_privilege('anon', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
);

-- check: Members cannot truncate, reference or put triggers on any table of public.
select not exists (
  select
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    and has_table_privilege('authenticated', oid, 'TRUNCATE, REFERENCES, TRIGGER')
);

-- check: Updates keep updated_at true wherever it exists.
select bool_and(exists (
  select
  from pg_trigger
  where tgrelid = format('public.%I', table_name)::regclass and tgname = format('update_%s_updated_at', table_name)
    and tgenabled = 'O'
))
from information_schema.columns
join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and column_name = 'updated_at' and table_type = 'BASE TABLE';

-- check: processed_webhook_events.org_id exists and is NOT NULL.
select count(*) = 1 and bool_and(is_nullable = 'NO')
from information_schema.columns
where table_schema = 'public' and table_name = 'processed_webhook_events' and column_name = 'org_id';

-- check: A webhook event is unique within its organization.
select exists (
  select
  from pg_index
  where indexrelid = 'public.idx_processed_webhook_events_org_event'::regclass and indisunique
    and pg_get_indexdef(indexrelid) like '%(org_id, event_id)'
);

-- check: The old unique index of event_id alone is gone.
select not exists (
  select from pg_indexes where schemaname = 'public' and indexname = 'processed_webhook_events_event_id_key'
);

-- check: No webhook event occurs twice in one organization.
select not exists (
  select from public.processed_webhook_events group by org_id, event_id having count(*) > 1
);

-- check: Every unique key of an org-scoped table, other than its primary key, contains org_id.
select not exists (
  select
  from pg_index
  where indisunique and not indisprimary
    and indrelid in (select format('public.%I', table_name)::regclass from (
        select table_name
        from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
      ) as scoped)
    and not exists (
      select from pg_attribute where attrelid = indrelid and attname = 'org_id' and attnum = any (indkey)
    )
);

-- check: Every foreign key between two org-scoped tables contains org_id.
select not exists (
  select
  from pg_constraint
  join pg_attribute as child on child.attrelid = conrelid and child.attname = 'org_id'
  join pg_attribute as parent on parent.attrelid = confrelid and parent.attname = 'org_id'
  where contype = 'f' and connamespace = 'public'::regnamespace
    and not (child.attnum = any (conkey) and parent.attnum = any (confkey))
);

-- check: pgaudit is active or queued.
select exists (select from pg_extension where extname = 'pgaudit')
  or obj_description('public.audit_logs'::regclass, 'pg_class') like 'pgaudit queued%';

-- check: log_audit_event writes an audit log.
select public.log_audit_event(
  'MANUAL_TEST', 'SELECT', 'test_table', session_user, 'a0000000-0000-0000-0000-000000000001', 'SELECT 1', null, null
) is not null;

-- check: archive_old_audit_logs answers with the number of logs that it archived.
select public.archive_old_audit_logs(90) >= 0;

-- check: expire_old_notifications answers with the number of notifications that it expired.
select public.expire_old_notifications() >= 0;

-- check: detect_suspicious_activity answers for an organization.
select count(*) >= 0 from public.detect_suspicious_activity('a0000000-0000-0000-0000-000000000001', 100);

-- check: create_notification writes a notification, wherever there is a user to notify.
select coalesce(
  (
    select public.create_notification(
      'a0000000-0000-0000-0000-000000000001', users.id, 'hot_lead', 'Hot Lead Alert', 'A new hot lead was detected',
      null, null, '/dashboard/leads', 'high', '["in_app", "email"]'
    ) is not null
    from (select id from auth.users limit 1) as users
  ),
  true
);

-- check: create_notification has the documented arguments, in order.
select proargnames = array[
  'p_org_id', 'p_user_id', 'p_type', 'p_title', 'p_message', 'p_contact_id', 'p_appointment_id', 'p_action_url', 'p_priority',
  'p_channels'
]
from pg_proc
where pronamespace = 'public'::regnamespace and proname = 'create_notification';

-- check: Every function of public has a fixed search_path.
select bool_and(exists (select from unnest(proconfig) as setting where setting like 'search_path=%'))
from pg_proc
where pronamespace = 'public'::regnamespace;

-- check: No function of public that runs as its owner can be executed by anon.
select not exists (
  select from pg_proc where pronamespace = 'public'::regnamespace and prosecdef and has_function_privilege('anon', oid, 'EXECUTE')
);

-- check: Every view of public runs as its caller.
select bool_and('security_invoker=true' = any (reloptions))
from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'v';
