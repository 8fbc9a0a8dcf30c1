-- Checks: the audits of the schema recommendations and what each of the ten promises.
-- They hold when all migrations are applied.
-- Each is one statement that returns one boolean, run by a superuser in a transaction that is rolled back.
-- Criteria about what another workspace can see are proved by attack and not here.

-- Recommendation 1: no dual scoping.

-- check: No table carries both workspace_id and tenant_id.
select not exists (
  select
  from information_schema.columns as one
  join information_schema.columns as other using (table_schema, table_name)
  where table_schema = 'public' and one.column_name = 'workspace_id' and other.column_name = 'tenant_id'
);

-- check: The audit of dual-scoped tables finds none that has a NULL or a mismatch.
select not exists (
  select
  from public.audit_dual_scoping()
  where null_workspace > 0 or null_tenant > 0 or mismatched > 0
);

-- check: tenant_id is gone from every table of public.
select not exists (
  select from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'
);

-- check: The trigger that kept the two columns equal is gone with them.
select to_regproc('public.keep_tenant_id') is null
  and not exists (select from pg_trigger where tgname = 'keep_tenant_id');

-- check: At least 50 tables that carried both columns carry workspace_id alone, mandatory.
select count(*) >= 50 and bool_and(is_nullable = 'NO')
from information_schema.columns
join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and column_name = 'workspace_id' and table_type = 'BASE TABLE';

-- check: What the audit found is kept where only the backend reads it.
select relrowsecurity and not has_table_privilege('authenticated', oid, 'SELECT') and not has_table_privilege('anon', oid, 'SELECT')
from pg_class
where oid = 'public.dual_scope_mismatches'::regclass;

-- Recommendation 2: workspace_id on key tables.

-- check: asset_approvals, user_roles and notifications have workspace_id, mandatory and indexed.
select count(*) = 3 and bool_and(is_nullable = 'NO') and bool_and(exists (
  select
  from pg_indexes
  where schemaname = 'public' and tablename = table_name and indexname = format('idx_%s_workspace_id', table_name)
))
from information_schema.columns
where table_schema = 'public' and column_name = 'workspace_id' and table_name in ('asset_approvals', 'user_roles', 'notifications');

-- check: Each of the three agrees with its parent.
select not exists (
    select
    from public.asset_approvals
    join public.assets on assets.id = asset_approvals.asset_id
    where assets.workspace_id <> asset_approvals.workspace_id
  )
  and not exists (
    select
    from public.user_roles
    join public.workspace_members on workspace_members.id = user_roles.member_id
    where workspace_members.workspace_id <> user_roles.workspace_id
  )
  and not exists (
    select
    from public.notifications
    join public.workspace_members on workspace_members.id = notifications.member_id
    where workspace_members.workspace_id <> notifications.workspace_id
  );

-- check: Notifications are the user's own: every policy asks for the user as well.
select count(*) > 0 and bool_and(coalesce(qual, with_check) like '%auth.uid()%' and coalesce(with_check, qual) like '%auth.uid()%')
from pg_policies
where schemaname = 'public' and tablename = 'notifications';

-- Recommendation 3: row security.

-- check: No table of public is without row security.
select not exists (
  select
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity
);

-- check: Tables with row security and no policy are those that nobody but the backend reads: secrets, findings and partitions.
select array_agg(relname::text order by relname) = array['dual_scope_mismatches', 'integration_credentials']
from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relrowsecurity
  and not exists (select from pg_policy where polrelid = pg_class.oid);

-- check: Every policy of a workspace-scoped table asks for access to the workspace, in what it shows and in what it takes.
select bool_and(
  coalesce(qual, with_check) ~ 'user_(has_workspace_access|administers_workspace)'
  and coalesce(with_check, qual) ~ 'user_(has_workspace_access|administers_workspace)'
)
from pg_policies
where schemaname = 'public' and exists (
  select
  from information_schema.columns
  where table_schema = 'public' and table_name = tablename and column_name = 'workspace_id'
);

-- check: No policy of a workspace-scoped table lets every row through.
select not exists (
  select
  from pg_policies
  where schemaname = 'public' and tablename <> 'plans' and (qual = 'true' or with_check = 'true')
);

-- check: The template of four stands on every workspace-scoped table that members write.
select bool_and((
  select count(*) from pg_policies where schemaname = 'public' and tablename = relname and policyname in (
    'workspace_select', 'workspace_insert', 'workspace_update', 'workspace_delete'
  )
) = 4)
from pg_class
join pg_attribute on attrelid = pg_class.oid and attname = 'workspace_id' and not attisdropped
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname not in (
  'workspace_members', 'user_roles', 'notifications', 'integration_credentials', 'kernel_events', 'kernel_events_archive',
  'campaign_metrics_weekly'
);

-- check: No table of public lacks a scope: workspace_id, or a parent, a user or a reason.
select array_agg(relname::text order by relname) = array[
  'asset_recipients', 'campaign_channels', 'dual_scope_mismatches', 'plans', 'profiles', 'workspaces'
]
from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not exists (
  select from pg_attribute where attrelid = pg_class.oid and attname = 'workspace_id' and not attisdropped
);

-- check: Row security stays on if only one of the audit's two queries is read, through pg_tables.
select bool_and(rowsecurity) from pg_tables where schemaname = 'public' and tablename not like 'pg\_%';

-- Recommendation 4: composite indexes.

-- check: The nine composite indexes exist under their names and are valid.
select count(*) = 9 and bool_and(indisvalid)
from pg_index
where indexrelid::regclass::text in (
  'idx_leads_workspace_status', 'idx_leads_workspace_created', 'idx_leads_workspace_score', 'idx_leads_workspace_tags',
  'idx_campaigns_workspace_status', 'idx_cmo_campaigns_workspace_status', 'idx_channel_outbox_processing',
  'idx_deals_workspace_stage_value', 'idx_tasks_workspace_status_due'
);

-- check: Each of them begins with workspace_id.
select bool_and(attname = 'workspace_id')
from pg_index
join pg_attribute on attrelid = indrelid and attnum = indkey[0]
where indexrelid::regclass::text in (
  'idx_leads_workspace_status', 'idx_leads_workspace_created', 'idx_leads_workspace_score', 'idx_leads_workspace_tags',
  'idx_campaigns_workspace_status', 'idx_cmo_campaigns_workspace_status', 'idx_channel_outbox_processing',
  'idx_deals_workspace_stage_value', 'idx_tasks_workspace_status_due'
);

-- check: Every workspace-scoped table has an index that begins with workspace_id.
select bool_and(exists (
  select
  from pg_index
  join pg_attribute as first on first.attrelid = indrelid and first.attnum = indkey[0]
  where indrelid = pg_class.oid and first.attname = 'workspace_id' and indisvalid
))
from pg_class
join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attname = 'workspace_id' and not attisdropped
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p');

-- Recommendation 5: partitions.

-- check: kernel_events, channel_outbox and campaign_metrics are partitioned by time.
select count(*) = 3 and bool_and(partstrat = 'r')
from pg_partitioned_table
where partrelid in ('public.kernel_events'::regclass, 'public.channel_outbox'::regclass, 'public.campaign_metrics'::regclass);

-- check: Each has the documented partitions and one for everything else.
select count(*) = 9
from pg_inherits
where inhrelid::regclass::text in (
  'kernel_events_2026_01', 'kernel_events_2026_02', 'kernel_events_default',
  'channel_outbox_2026_01', 'channel_outbox_2026_02', 'channel_outbox_default',
  'campaign_metrics_2026_q1', 'campaign_metrics_2026_q2', 'campaign_metrics_default'
);

-- check: Every partition has row security, and members and visitors have no grant on it.
select bool_and(relrowsecurity and not exists (
  select
  from aclexplode(relacl)
  where grantee in (0, 'anon'::regrole, 'authenticated'::regrole)
))
from pg_class
where relnamespace = 'public'::regnamespace and relispartition and relkind = 'r';

-- check: The job makes the partitions of a month, and members have no grant on them.
select case
  when public.create_partitions('2031-05-01')::text is not null then
    not has_table_privilege('authenticated', 'public.kernel_events_2031_05', 'SELECT, INSERT, UPDATE, DELETE')
    and not has_table_privilege('authenticated', 'public.channel_outbox_2031_05', 'SELECT, INSERT, UPDATE, DELETE')
    and not has_table_privilege('authenticated', 'public.campaign_metrics_2031_q2', 'SELECT, INSERT, UPDATE, DELETE')
end;

-- check: The job is scheduled, as a call of a function and not as a bare EXECUTE.
select count(*) = 1 and bool_and(command like 'SELECT public.create_partitions(%')
from cron.job
where jobname = 'create-monthly-partitions';

-- Recommendation 6: retention.

-- check: The archive has row security, a policy for its workspace's members and goes with its workspace.
select relrowsecurity
  and exists (select from pg_policy where polrelid = pg_class.oid and polcmd = 'r')
  and exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'f' and confrelid = 'public.workspaces'::regclass)
from pg_class
where oid = 'public.kernel_events_archive'::regclass;

-- check: The archive job moves exactly what is older than 90 days.
select public.archive_kernel_events() = (select count(*) from public.kernel_events where created_at < now() - interval '90 days');

-- check: Neither members nor visitors can call the archive job.
select not has_function_privilege('authenticated', 'public.archive_kernel_events()', 'EXECUTE')
  and not has_function_privilege('anon', 'public.archive_kernel_events()', 'EXECUTE');

-- check: The retention jobs are scheduled.
select count(*) = 2 from cron.job where jobname in ('archive-old-events', 'cleanup-old-events') and active;

-- Recommendation 7: normalised JSON.

-- check: The four tables exist and reference their parents.
select count(*) = 4
from pg_constraint
where contype = 'f' and (conrelid::regclass::text, confrelid::regclass::text) in (
  ('business_profile_audiences', 'business_profiles'), ('business_profile_colors', 'business_profiles'),
  ('campaign_channels', 'cmo_campaigns'), ('asset_recipients', 'assets')
);

-- check: Every channel of a campaign is a row of its own.
select not exists (
  select
  from public.cmo_campaigns
  cross join lateral unnest(cmo_campaigns.channels) as former (channel)
  where former.channel is not null and not exists (
    select
    from public.campaign_channels
    where campaign_channels.campaign_id = cmo_campaigns.id and campaign_channels.channel = former.channel
  )
);

-- check: The audiences and colours agree with their profile's workspace.
select not exists (
    select
    from public.business_profile_audiences as child
    join public.business_profiles as parent on parent.id = child.profile_id
    where parent.workspace_id <> child.workspace_id
  )
  and not exists (
    select
    from public.business_profile_colors as child
    join public.business_profiles as parent on parent.id = child.profile_id
    where parent.workspace_id <> child.workspace_id
  );

-- Recommendation 8: materialized views.

-- check: The three materialized views exist, and members and visitors have no grant on them.
select count(*) = 3
  and bool_and(not has_table_privilege('authenticated', oid, 'SELECT') and not has_table_privilege('anon', oid, 'SELECT'))
from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'm'
  and relname in ('mv_campaign_performance', 'mv_lead_funnel', 'mv_revenue_forecast');

-- check: mv_campaign_performance has the unique index that a concurrent refresh needs.
select exists (
  select from pg_index where indrelid = 'public.mv_campaign_performance'::regclass and indisunique and indisvalid and indpred is null
);

-- check: The views that members read instead hold their filter above the caller's conditions.
select count(*) = 2 and bool_and('security_barrier=true' = any (reloptions))
from pg_class
where oid in ('public.campaign_performance'::regclass, 'public.revenue_forecast'::regclass);

-- Recommendation 9: constraints and enums.

-- check: The six constraints exist under their names and are validated.
select count(distinct conname) = 6 and bool_and(convalidated)
from pg_constraint
where contype = 'c' and conname in (
  'valid_email', 'valid_score', 'valid_probability', 'positive_value', 'positive_metrics', 'logical_close_dates'
);

-- check: The status of a lead is one of six.
select enum_range(null::public.lead_status)::text[] = array['new', 'contacted', 'qualified', 'nurturing', 'closed_won', 'closed_lost']
  and (select atttypid = 'public.lead_status'::regtype from pg_attribute where attrelid = 'public.leads'::regclass and attname = 'status');

-- Recommendation 10: soft deletes.

-- check: The eight tables have deleted_at, and leads have the index of what remains.
select count(*) = 8
  and exists (select from pg_indexes where indexname = 'idx_leads_active' and indexdef like '%WHERE (deleted_at IS NULL)')
from information_schema.columns
where table_schema = 'public' and column_name = 'deleted_at' and table_name in (
  'leads', 'contacts', 'companies', 'campaigns', 'cmo_campaigns', 'assets', 'deals', 'tasks'
);

-- check: leads_active shows what is not deleted.
select (select count(*) from public.leads_active) = (select count(*) from public.leads where deleted_at is null);

-- What holds them all together.

-- check: Every view of public runs as its caller, other than the two that filter a materialized view.
select bool_and('security_invoker=true' = any (coalesce(reloptions, '{}')))
from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'v' and relname not in ('campaign_performance', 'revenue_forecast');

-- check: Every function of public that runs as its owner has a fixed search_path and is closed to visitors, but for the two that policies ask.
select bool_and(
  exists (select from unnest(proconfig) as setting where setting like 'search_path=%')
  and (
    proname in ('user_has_workspace_access', 'user_administers_workspace')
    or not has_function_privilege('anon', oid, 'EXECUTE')
  )
)
from pg_proc
where pronamespace = 'public'::regnamespace and prosecdef;

-- check: Every foreign key between two workspace-scoped tables contains workspace_id.
select not exists (
  select
  from pg_constraint
  join pg_attribute as here on here.attrelid = conrelid and here.attname = 'workspace_id' and not here.attisdropped
  join pg_attribute as there on there.attrelid = confrelid and there.attname = 'workspace_id' and not there.attisdropped
  where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0
    and not (here.attnum = any (conkey) and there.attnum = any (confkey))
);

-- check: Every unique key of a workspace-scoped table, other than its primary key, contains workspace_id.
select not exists (
  select
  from pg_index
  join pg_class on pg_class.oid = indrelid and relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
  join pg_attribute on attrelid = indrelid and attname = 'workspace_id' and not attisdropped
  where indisunique and not indisprimary and not (attnum = any (indkey::smallint[]))
    and relname <> 'workspace_members'
);

-- check: Members cannot truncate, reference or put triggers on any table of public.
select not exists (
  select
  from pg_class
  cross join unnest(array['anon', 'authenticated']) as role
  cross join unnest(array['TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and has_table_privilege(role, pg_class.oid, privilege)
);

-- check: Visitors read the price list and nothing else.
select array_agg(relname::text) = array['plans']
from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and has_table_privilege('anon', oid, 'SELECT, INSERT, UPDATE, DELETE');
