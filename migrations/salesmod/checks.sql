-- Checks: the verification queries and success criteria of the two plans, and of each phase.
-- They hold when all migrations are applied. Where a later step replaced what a plan asks for, the check says which.
-- Each is one statement that returns one boolean, run by a superuser in a transaction that is rolled back.
-- Criteria about what another tenant can see, and that colleagues do see, are proved by attack and not here.

-- The marketing fix.

-- check: All 13 marketing tables exist.
select count(*) = 13 from pg_tables where schemaname = 'public' and tablename = any (array[
    'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends', 'email_templates', 'lead_scores',
    'marketing_audiences', 'marketing_campaigns', 'marketing_content', 'marketing_newsletters', 'newsletter_issues',
    'webinar_registrations', 'webinars'
  ]);

-- check: The five tables that had no org_id have it, with an index of its own.
select count(*) = 5
from pg_index
join pg_class as indexed on indexed.oid = indrelid
join pg_class as index on index.oid = indexrelid
where index.relname = 'idx_' || indexed.relname || '_org_id' and indisvalid and indexed.relname = any (array[
    'contact_preferences', 'email_sends', 'lead_scores', 'newsletter_issues', 'webinar_registrations'
  ]);

-- check: No row of the five tables names another owner than the row that it hangs on.
select not exists (
  select from public.lead_scores join public.contacts on contacts.id = contact_id where lead_scores.tenant_id <> contacts.tenant_id
  union all
  select from public.contact_preferences join public.contacts on contacts.id = contact_id
  where contact_preferences.tenant_id <> contacts.tenant_id
  union all
  select from public.email_sends join public.email_campaigns on email_campaigns.id = campaign_id
  where email_sends.tenant_id <> email_campaigns.tenant_id
  union all
  select from public.newsletter_issues join public.marketing_newsletters on marketing_newsletters.id = newsletter_id
  where newsletter_issues.tenant_id <> marketing_newsletters.tenant_id
  union all
  select from public.webinar_registrations join public.webinars on webinars.id = webinar_id
  where webinar_registrations.tenant_id <> webinars.tenant_id
);

-- check: None of the 52 permissive policies is left: no policy of the marketing tables is true for every row.
select not exists (
  select
  from pg_policies
  where schemaname = 'public' and ('true' in (qual, with_check) or coalesce(qual, with_check) is null) and tablename = any (array[
    'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends', 'email_templates', 'lead_scores',
    'marketing_audiences', 'marketing_campaigns', 'marketing_content', 'marketing_newsletters', 'newsletter_issues',
    'webinar_registrations', 'webinars'
  ])
);

-- check: SELECT, INSERT, UPDATE and DELETE of all 13 tables are policed by tenant, which replaces auth.uid() = org_id.
select count(*) = 13
from pg_policies
where schemaname = 'public' and cmd = 'ALL' and policyname = tablename || '_tenant_isolation' and tablename = any (array[
    'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends', 'email_templates', 'lead_scores',
    'marketing_audiences', 'marketing_campaigns', 'marketing_content', 'marketing_newsletters', 'newsletter_issues',
    'webinar_registrations', 'webinars'
  ]);

-- check: A trigger sets the owner on INSERT and keeps it on UPDATE, on all 13 tables; it replaces trigger_set_*_org_id.
select count(*) = 13
from pg_trigger
join pg_class on pg_class.oid = tgrelid
where tgname = 'set_' || relname || '_ownership' and tgenabled = 'O' and tgtype & 23 = 23 and relname = any (array[
    'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends', 'email_templates', 'lead_scores',
    'marketing_audiences', 'marketing_campaigns', 'marketing_content', 'marketing_newsletters', 'newsletter_issues',
    'webinar_registrations', 'webinars'
  ]);

-- check: At least 94 indexes stand on the marketing tables.
select count(*) >= 94
from pg_indexes
where schemaname = 'public' and tablename = any (array[
    'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends', 'email_templates', 'lead_scores',
    'marketing_audiences', 'marketing_campaigns', 'marketing_content', 'marketing_newsletters', 'newsletter_issues',
    'webinar_registrations', 'webinars'
  ]);

-- check: The three composite indexes that the plan names are as it writes them.
select count(*) = 3
from pg_indexes
where schemaname = 'public' and (
  indexname = 'idx_campaigns_org_status' and indexdef like '%marketing_campaigns%(org_id, status)'
  or indexname = 'idx_lead_scores_org_total_score' and indexdef like '%lead_scores%(org_id, total_score DESC)'
  or indexname = 'idx_email_sends_campaign_contact' and indexdef like '%email_sends%(campaign_id, contact_id)'
);

-- check: At least 15 composite indexes, some partial indexes by state and some full-text indexes stand on the marketing tables.
select
  count(*) filter (where indnatts > 1 and not indisunique) >= 15
  and count(*) filter (where pg_get_expr(indpred, indrelid) like '%status%') >= 3
  and count(*) filter (where pg_get_indexdef(indexrelid) like '%to_tsvector%') >= 1
from pg_index
join pg_class on pg_class.oid = indrelid
where relname = any (array[
    'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends', 'email_templates', 'lead_scores',
    'marketing_audiences', 'marketing_campaigns', 'marketing_content', 'marketing_newsletters', 'newsletter_issues',
    'webinar_registrations', 'webinars'
  ]);

-- Tenants.

-- check: Every profile has a tenant, and the column is mandatory and references tenants.
select is_nullable = 'NO'
  and not exists (select from public.profiles where tenant_id is null)
  and exists (
    select from pg_constraint
    where conrelid = 'public.profiles'::regclass and contype = 'f' and confrelid = 'public.tenants'::regclass and convalidated
  )
from information_schema.columns
where table_schema = 'public' and table_name = 'profiles' and column_name = 'tenant_id';

-- check: Internal users are in the company's tenant.
select not exists (
  select
  from public.profiles
  join public.tenants on tenants.email_domain = lower(split_part(profiles.email, '@', 2))
  where profiles.tenant_id <> tenants.id and tenants.id = 'c0ffee00-0000-4000-8000-000000000001'
);

-- check: 88 business tables have tenant_id.
select count(distinct table_name) = 88
from information_schema.columns
join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and column_name = 'tenant_id' and table_type = 'BASE TABLE' and table_name <> 'profiles';

-- check: No table has org_id and no tenant_id.
select not exists (
  select
  from information_schema.columns as owned
  where owned.table_schema = 'public' and owned.column_name = 'org_id'
    and not exists (
      select
      from information_schema.columns as scoped
      where scoped.table_schema = 'public' and scoped.table_name = owned.table_name and scoped.column_name = 'tenant_id'
    )
);

-- check: The 34 tables of November and December have tenant_id, mandatory, indexed and policed, and no policy by org_id.
select count(*) = 34
from information_schema.columns
where table_schema = 'public' and column_name = 'tenant_id' and is_nullable = 'NO'
  and exists (
    select from pg_indexes where schemaname = 'public' and tablename = table_name and indexname = 'idx_' || table_name || '_tenant_id'
  )
  and exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and policyname = table_name || '_tenant_isolation'
  )
  and not exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and concat(qual, with_check) like '%org_id%'
  )
  and table_name = any (array[
    'activities', 'agent_drafts', 'agent_memories', 'agent_reviews', 'agent_runs', 'agent_settings', 'campaigns', 'clients',
    'contact_companies', 'contacts', 'deals', 'field_service_requests', 'goals', 'invoice_line_items', 'invoices', 'job_tasks',
    'jobs', 'kanban_boards', 'kanban_cards', 'kanban_columns', 'oauth_tokens', 'orders', 'production_alerts',
    'production_cards', 'production_resources', 'production_tasks', 'production_template_subtasks', 'production_template_tasks',
    'production_templates', 'production_time_entries', 'products', 'properties', 'webinar_registrations', 'webinars'
  ]);

-- check: The 16 tables of phase 1 have tenant_id, mandatory, indexed and policed, and no policy by org_id.
select count(*) = 16
from information_schema.columns
where table_schema = 'public' and column_name = 'tenant_id' and is_nullable = 'NO'
  and exists (
    select from pg_indexes where schemaname = 'public' and tablename = table_name and indexname = 'idx_' || table_name || '_tenant_id'
  )
  and exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and policyname = table_name || '_tenant_isolation'
  )
  and not exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and concat(qual, with_check) like '%org_id%'
  )
  and table_name = any (array[
    'campaign_responses', 'chat_messages', 'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends',
    'email_templates', 'embeddings_index', 'gmail_messages', 'gmail_sync_state', 'lead_scores', 'marketing_audiences',
    'marketing_campaigns', 'marketing_content', 'marketing_newsletters', 'newsletter_issues'
  ]);

-- check: The 12 tables of phase 2 have tenant_id, mandatory, indexed and policed, and no policy by org_id.
select count(*) = 12
from information_schema.columns
where table_schema = 'public' and column_name = 'tenant_id' and is_nullable = 'NO'
  and exists (
    select from pg_indexes where schemaname = 'public' and tablename = table_name and indexname = 'idx_' || table_name || '_tenant_id'
  )
  and exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and policyname = table_name || '_tenant_isolation'
  )
  and not exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and concat(qual, with_check) like '%org_id%'
  )
  and table_name = any (array[
    'api_keys', 'bookable_resources', 'bookings', 'email_notifications', 'equipment', 'field_notifications', 'party_roles',
    'property_units', 'service_territories', 'service_types', 'validation_logs', 'webhooks'
  ]);

-- check: The 26 tables of phase 3 have tenant_id, mandatory, indexed and policed, and no policy by org_id.
select count(*) = 26
from information_schema.columns
where table_schema = 'public' and column_name = 'tenant_id' and is_nullable = 'NO'
  and exists (
    select from pg_indexes where schemaname = 'public' and tablename = table_name and indexname = 'idx_' || table_name || '_tenant_id'
  )
  and exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and policyname = table_name || '_tenant_isolation'
  )
  and not exists (
    select from pg_policies
    where schemaname = 'public' and tablename = table_name and concat(qual, with_check) like '%org_id%'
  )
  and table_name = any (array[
    'analytics_daily_rollups', 'analytics_events', 'api_request_logs', 'audit_events', 'booking_checklists', 'booking_photos',
    'customer_feedback', 'dashboard_widgets', 'dashboards', 'equipment_assignments', 'equipment_maintenance', 'gps_locations',
    'import_jobs', 'import_row_errors', 'report_runs', 'route_plans', 'saved_reports', 'search_queries', 'service_contracts',
    'service_reports', 'sync_logs', 'technician_availability', 'technician_skills', 'time_off_requests', 'travel_logs',
    'webhook_deliveries'
  ]);

-- check: Zero rows are without tenant_id.
select bool_and((xpath(
  '/row/missing/text()',
  query_to_xml(format('select count(*) as missing from public.%I where tenant_id is null', table_name), false, true, '')
))[1]::text = '0')
from (
    select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: Every row belongs to the tenant of the user who made it.
select bool_and((xpath(
  '/row/strayed/text()',
  query_to_xml(format(
    'select count(*) as strayed from public.%I as made join public.profiles on profiles.id = made.org_id '
    'where made.tenant_id <> profiles.tenant_id', table_name
  ), false, true, '')
))[1]::text = '0')
from (
    select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: Every tenant_id references tenants, and the reference is validated.
select bool_and(exists (
  select
  from pg_constraint
  where conrelid = format('public.%I', table_name)::regclass and contype = 'f' and confrelid = 'public.tenants'::regclass
    and conname = table_name || '_tenant_id_fkey' and convalidated
))
from (
    select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: Row security is enabled on every table of public.
select bool_and(rowsecurity) from pg_tables where schemaname = 'public';

-- check: Every policy of the 88 tables asks for the caller's tenant.
select bool_and(coalesce(qual, with_check) like '%tenant_id IN ( SELECT profiles.tenant_id%auth.uid()%')
from pg_policies
join (
    select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped on scoped.table_name = pg_policies.tablename
where schemaname = 'public';

-- check: No legacy policy is left: none of public reads org_id.
select not exists (select from pg_policies where schemaname = 'public' and concat(qual, with_check) like '%org_id%');

-- check: No policy is for everybody or for anon.
select not exists (select from pg_policies where schemaname = 'public' and roles && '{public, anon}'::name[]);

-- check: Every reference between two tables with tenant_id contains it.
select not exists (
  select
  from pg_constraint
  join pg_attribute as child on child.attrelid = conrelid and child.attname = 'tenant_id'
  join pg_attribute as parent on parent.attrelid = confrelid and parent.attname = 'tenant_id'
  where contype = 'f' and connamespace = 'public'::regnamespace and confrelid <> 'public.profiles'::regclass
    and not (child.attnum = any (conkey) and parent.attnum = any (confkey))
);

-- check: Every reference is validated.
select bool_and(convalidated) from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f';

-- check: Every unique key of the 88 tables, other than the primary key, contains tenant_id.
select not exists (
  select
  from pg_index
  where indisunique and not indisprimary
    and indrelid in (select format('public.%I', table_name)::regclass from (
    select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped)
    and not exists (
      select from pg_attribute where attrelid = indrelid and attname = 'tenant_id' and attnum = any (indkey)
    )
);

-- check: Every index is valid, those that were built concurrently too.
select bool_and(indisvalid)
from pg_index
join pg_class on pg_class.oid = indrelid
where relnamespace = 'public'::regnamespace;

-- check: The pages that list most have a composite index that begins with tenant_id.
select count(distinct indrelid) >= 15
from pg_index
join pg_attribute on attrelid = indrelid and attnum = indkey[0]
where attname = 'tenant_id' and indnatts > 1 and not indisunique;

-- The end of org_id.

-- check: org_id is deprecated on all 88 tables, and its comment says so.
select count(*) = 88
from pg_attribute
join pg_class on pg_class.oid = attrelid
where attname = 'org_id' and relkind = 'r' and relnamespace = 'public'::regnamespace and not attnotnull
  and col_description(attrelid, attnum) like 'Deprecated%';

-- check: A user who leaves takes no rows along: its end only empties org_id.
select bool_and(exists (
  select
  from pg_constraint
  where conrelid = format('public.%I', table_name)::regclass and conname = table_name || '_org_id_fkey' and confdeltype = 'n'
))
from (
    select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
  ) as scoped;

-- check: One trigger says whose a row is, on each of the 88 tables, on INSERT and UPDATE; the dual triggers are gone.
select
  count(*) filter (where tgfoid = 'public.set_row_ownership()'::regprocedure and tgtype & 23 = 23 and tgenabled = 'O') = 88
  and count(*) filter (where tgname like 'trigger\_set\_%') = 0
from pg_trigger
where not tgisinternal;

-- What the way left behind.

-- check: Members cannot choose their tenant: they may not write profiles.tenant_id, nor insert or delete a profile.
select not has_column_privilege('authenticated', 'public.profiles', 'tenant_id', 'UPDATE')
  and not has_table_privilege('authenticated', 'public.profiles', 'INSERT, DELETE')
  and has_column_privilege('authenticated', 'public.profiles', 'full_name', 'UPDATE');

-- check: Access tokens are the person's own.
select bool_and(qual like '%user_id = auth.uid()%')
from pg_policies
where schemaname = 'public' and tablename = 'oauth_tokens';

-- check: Every view runs as its caller.
select bool_and('security_invoker=true' = any (reloptions))
from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'v';

-- check: Visitors can execute no function of public.
select not exists (
  select from pg_proc where pronamespace = 'public'::regnamespace and has_function_privilege('anon', oid, 'EXECUTE')
);

-- check: Of the functions that run as their owner, members can execute only the one that tells their own tenant.
select array_agg(proname::text) = array['current_tenant_id']
from pg_proc
where pronamespace = 'public'::regnamespace and prosecdef and has_function_privilege('authenticated', oid, 'EXECUTE');

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
