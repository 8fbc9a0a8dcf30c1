-- Phase 1, week 1: the eleven marketing tables that have not moved.

-- 1. The column, and the trigger that fills it for rows written from now on.
alter table public.contact_preferences add column tenant_id uuid references public.tenants (id);
alter table public.content_schedule add column tenant_id uuid references public.tenants (id);
alter table public.email_campaigns add column tenant_id uuid references public.tenants (id);
alter table public.email_sends add column tenant_id uuid references public.tenants (id);
alter table public.email_templates add column tenant_id uuid references public.tenants (id);
alter table public.lead_scores add column tenant_id uuid references public.tenants (id);
alter table public.marketing_audiences add column tenant_id uuid references public.tenants (id);
alter table public.marketing_campaigns add column tenant_id uuid references public.tenants (id);
alter table public.marketing_content add column tenant_id uuid references public.tenants (id);
alter table public.marketing_newsletters add column tenant_id uuid references public.tenants (id);
alter table public.newsletter_issues add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_contact_preferences_tenant_id
  before insert or update on public.contact_preferences
  for each row execute function public.set_tenant_id();
create trigger trigger_set_content_schedule_tenant_id
  before insert or update on public.content_schedule
  for each row execute function public.set_tenant_id();
create trigger trigger_set_email_campaigns_tenant_id
  before insert or update on public.email_campaigns
  for each row execute function public.set_tenant_id();
create trigger trigger_set_email_sends_tenant_id
  before insert or update on public.email_sends
  for each row execute function public.set_tenant_id();
create trigger trigger_set_email_templates_tenant_id
  before insert or update on public.email_templates
  for each row execute function public.set_tenant_id();
create trigger trigger_set_lead_scores_tenant_id
  before insert or update on public.lead_scores
  for each row execute function public.set_tenant_id();
create trigger trigger_set_marketing_audiences_tenant_id
  before insert or update on public.marketing_audiences
  for each row execute function public.set_tenant_id();
create trigger trigger_set_marketing_campaigns_tenant_id
  before insert or update on public.marketing_campaigns
  for each row execute function public.set_tenant_id();
create trigger trigger_set_marketing_content_tenant_id
  before insert or update on public.marketing_content
  for each row execute function public.set_tenant_id();
create trigger trigger_set_marketing_newsletters_tenant_id
  before insert or update on public.marketing_newsletters
  for each row execute function public.set_tenant_id();
create trigger trigger_set_newsletter_issues_tenant_id
  before insert or update on public.newsletter_issues
  for each row execute function public.set_tenant_id();

-- 2. The backfill.
update public.contact_preferences as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.content_schedule as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.email_campaigns as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.email_sends as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.email_templates as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.lead_scores as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.marketing_audiences as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.marketing_campaigns as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.marketing_content as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.marketing_newsletters as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.newsletter_issues as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- 3. and 4. Mandatory and indexed.
alter table public.contact_preferences alter column tenant_id set not null;
create index idx_contact_preferences_tenant_id on public.contact_preferences (tenant_id);
alter table public.content_schedule alter column tenant_id set not null;
create index idx_content_schedule_tenant_id on public.content_schedule (tenant_id);
alter table public.email_campaigns alter column tenant_id set not null;
create index idx_email_campaigns_tenant_id on public.email_campaigns (tenant_id);
alter table public.email_sends alter column tenant_id set not null;
create index idx_email_sends_tenant_id on public.email_sends (tenant_id);
alter table public.email_templates alter column tenant_id set not null;
create index idx_email_templates_tenant_id on public.email_templates (tenant_id);
alter table public.lead_scores alter column tenant_id set not null;
create index idx_lead_scores_tenant_id on public.lead_scores (tenant_id);
alter table public.marketing_audiences alter column tenant_id set not null;
create index idx_marketing_audiences_tenant_id on public.marketing_audiences (tenant_id);
alter table public.marketing_campaigns alter column tenant_id set not null;
create index idx_marketing_campaigns_tenant_id on public.marketing_campaigns (tenant_id);
alter table public.marketing_content alter column tenant_id set not null;
create index idx_marketing_content_tenant_id on public.marketing_content (tenant_id);
alter table public.marketing_newsletters alter column tenant_id set not null;
create index idx_marketing_newsletters_tenant_id on public.marketing_newsletters (tenant_id);
alter table public.newsletter_issues alter column tenant_id set not null;
create index idx_newsletter_issues_tenant_id on public.newsletter_issues (tenant_id);

-- What references point at.
alter table public.marketing_campaigns add constraint marketing_campaigns_tenant_id_id_key unique (tenant_id, id);
alter table public.marketing_content add constraint marketing_content_tenant_id_id_key unique (tenant_id, id);
alter table public.email_templates add constraint email_templates_tenant_id_id_key unique (tenant_id, id);
alter table public.marketing_audiences add constraint marketing_audiences_tenant_id_id_key unique (tenant_id, id);
alter table public.email_campaigns add constraint email_campaigns_tenant_id_id_key unique (tenant_id, id);
alter table public.marketing_newsletters add constraint marketing_newsletters_tenant_id_id_key unique (tenant_id, id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.webinars drop constraint webinars_org_id_marketing_campaign_id_fkey;
alter table public.webinars add constraint webinars_tenant_id_marketing_campaign_id_fkey
  foreign key (tenant_id, marketing_campaign_id) references public.marketing_campaigns (tenant_id, id)
  on delete set null (marketing_campaign_id);
alter table public.contact_preferences drop constraint contact_preferences_org_id_contact_id_fkey;
alter table public.contact_preferences add constraint contact_preferences_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;
alter table public.content_schedule drop constraint content_schedule_org_id_content_id_fkey;
alter table public.content_schedule add constraint content_schedule_tenant_id_content_id_fkey
  foreign key (tenant_id, content_id) references public.marketing_content (tenant_id, id) on delete cascade;
alter table public.email_campaigns drop constraint email_campaigns_org_id_marketing_campaign_id_fkey;
alter table public.email_campaigns add constraint email_campaigns_tenant_id_marketing_campaign_id_fkey
  foreign key (tenant_id, marketing_campaign_id) references public.marketing_campaigns (tenant_id, id)
  on delete set null (marketing_campaign_id);
alter table public.email_campaigns drop constraint email_campaigns_org_id_template_id_fkey;
alter table public.email_campaigns add constraint email_campaigns_tenant_id_template_id_fkey
  foreign key (tenant_id, template_id) references public.email_templates (tenant_id, id) on delete set null (template_id);
alter table public.email_campaigns drop constraint email_campaigns_org_id_audience_id_fkey;
alter table public.email_campaigns add constraint email_campaigns_tenant_id_audience_id_fkey
  foreign key (tenant_id, audience_id) references public.marketing_audiences (tenant_id, id) on delete set null (audience_id);
alter table public.email_sends drop constraint email_sends_org_id_campaign_id_fkey;
alter table public.email_sends add constraint email_sends_tenant_id_campaign_id_fkey
  foreign key (tenant_id, campaign_id) references public.email_campaigns (tenant_id, id) on delete cascade;
alter table public.email_sends drop constraint email_sends_org_id_contact_id_fkey;
alter table public.email_sends add constraint email_sends_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete set null (contact_id);
alter table public.lead_scores drop constraint lead_scores_org_id_contact_id_fkey;
alter table public.lead_scores add constraint lead_scores_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;
alter table public.marketing_campaigns drop constraint marketing_campaigns_org_id_audience_id_fkey;
alter table public.marketing_campaigns add constraint marketing_campaigns_tenant_id_audience_id_fkey
  foreign key (tenant_id, audience_id) references public.marketing_audiences (tenant_id, id) on delete set null (audience_id);
alter table public.marketing_content drop constraint marketing_content_org_id_campaign_id_fkey;
alter table public.marketing_content add constraint marketing_content_tenant_id_campaign_id_fkey
  foreign key (tenant_id, campaign_id) references public.marketing_campaigns (tenant_id, id) on delete set null (campaign_id);
alter table public.marketing_newsletters drop constraint marketing_newsletters_org_id_audience_id_fkey;
alter table public.marketing_newsletters add constraint marketing_newsletters_tenant_id_audience_id_fkey
  foreign key (tenant_id, audience_id) references public.marketing_audiences (tenant_id, id) on delete set null (audience_id);
alter table public.newsletter_issues drop constraint newsletter_issues_org_id_newsletter_id_fkey;
alter table public.newsletter_issues add constraint newsletter_issues_tenant_id_newsletter_id_fkey
  foreign key (tenant_id, newsletter_id) references public.marketing_newsletters (tenant_id, id) on delete cascade;

-- What was unique for a user is unique for the tenant; what two colleagues both used is numbered, the oldest keeps its own.
update public.email_templates as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.email_templates
) as same
where same.id = t.id and same.number > 1;
alter table public.email_templates drop constraint email_templates_org_id_name_key;
alter table public.email_templates add constraint email_templates_tenant_id_name_key unique (tenant_id, name);
update public.marketing_audiences as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.marketing_audiences
) as same
where same.id = t.id and same.number > 1;
alter table public.marketing_audiences drop constraint marketing_audiences_org_id_name_key;
alter table public.marketing_audiences add constraint marketing_audiences_tenant_id_name_key unique (tenant_id, name);
update public.marketing_campaigns as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.marketing_campaigns
) as same
where same.id = t.id and same.number > 1;
alter table public.marketing_campaigns drop constraint marketing_campaigns_org_id_name_key;
alter table public.marketing_campaigns add constraint marketing_campaigns_tenant_id_name_key unique (tenant_id, name);
update public.marketing_newsletters as t set slug = t.slug || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, slug order by created_at, id) as number from public.marketing_newsletters
) as same
where same.id = t.id and same.number > 1;
alter table public.marketing_newsletters drop constraint marketing_newsletters_org_id_slug_key;
alter table public.marketing_newsletters add constraint marketing_newsletters_tenant_id_slug_key unique (tenant_id, slug);

-- 5. The policies: by tenant, and none by org_id is left.
drop policy contact_preferences_org_select on public.contact_preferences;
drop policy contact_preferences_org_insert on public.contact_preferences;
drop policy contact_preferences_org_update on public.contact_preferences;
drop policy contact_preferences_org_delete on public.contact_preferences;
drop policy "Users can view own contact_preferences" on public.contact_preferences;
drop policy "Users can create own contact_preferences" on public.contact_preferences;
drop policy "Users can update own contact_preferences" on public.contact_preferences;
create policy contact_preferences_tenant_isolation on public.contact_preferences for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy content_schedule_org_select on public.content_schedule;
drop policy content_schedule_org_insert on public.content_schedule;
drop policy content_schedule_org_update on public.content_schedule;
drop policy content_schedule_org_delete on public.content_schedule;
drop policy "Users can view own content_schedule" on public.content_schedule;
drop policy "Users can create own content_schedule" on public.content_schedule;
drop policy "Users can update own content_schedule" on public.content_schedule;
create policy content_schedule_tenant_isolation on public.content_schedule for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy email_campaigns_org_select on public.email_campaigns;
drop policy email_campaigns_org_insert on public.email_campaigns;
drop policy email_campaigns_org_update on public.email_campaigns;
drop policy email_campaigns_org_delete on public.email_campaigns;
drop policy "Users can view own email_campaigns" on public.email_campaigns;
drop policy "Users can create own email_campaigns" on public.email_campaigns;
drop policy "Users can update own email_campaigns" on public.email_campaigns;
create policy email_campaigns_tenant_isolation on public.email_campaigns for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy email_sends_org_select on public.email_sends;
drop policy email_sends_org_insert on public.email_sends;
drop policy email_sends_org_update on public.email_sends;
drop policy "Users can view own email_sends" on public.email_sends;
drop policy "Users can create own email_sends" on public.email_sends;
drop policy "Users can update own email_sends" on public.email_sends;
create policy email_sends_tenant_isolation on public.email_sends for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy email_templates_org_select on public.email_templates;
drop policy email_templates_org_insert on public.email_templates;
drop policy email_templates_org_update on public.email_templates;
drop policy email_templates_org_delete on public.email_templates;
drop policy "Users can view own email_templates" on public.email_templates;
drop policy "Users can create own email_templates" on public.email_templates;
drop policy "Users can update own email_templates" on public.email_templates;
create policy email_templates_tenant_isolation on public.email_templates for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy lead_scores_org_select on public.lead_scores;
drop policy lead_scores_org_insert on public.lead_scores;
drop policy lead_scores_org_update on public.lead_scores;
drop policy lead_scores_org_delete on public.lead_scores;
drop policy "Users can view own lead_scores" on public.lead_scores;
drop policy "Users can create own lead_scores" on public.lead_scores;
drop policy "Users can update own lead_scores" on public.lead_scores;
create policy lead_scores_tenant_isolation on public.lead_scores for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy marketing_audiences_org_select on public.marketing_audiences;
drop policy marketing_audiences_org_insert on public.marketing_audiences;
drop policy marketing_audiences_org_update on public.marketing_audiences;
drop policy marketing_audiences_org_delete on public.marketing_audiences;
drop policy "Users can view own marketing_audiences" on public.marketing_audiences;
drop policy "Users can create own marketing_audiences" on public.marketing_audiences;
drop policy "Users can update own marketing_audiences" on public.marketing_audiences;
create policy marketing_audiences_tenant_isolation on public.marketing_audiences for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy marketing_campaigns_org_select on public.marketing_campaigns;
drop policy marketing_campaigns_org_insert on public.marketing_campaigns;
drop policy marketing_campaigns_org_update on public.marketing_campaigns;
drop policy marketing_campaigns_org_delete on public.marketing_campaigns;
drop policy "Users can view own marketing_campaigns" on public.marketing_campaigns;
drop policy "Users can create own marketing_campaigns" on public.marketing_campaigns;
drop policy "Users can update own marketing_campaigns" on public.marketing_campaigns;
create policy marketing_campaigns_tenant_isolation on public.marketing_campaigns for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy marketing_content_org_select on public.marketing_content;
drop policy marketing_content_org_insert on public.marketing_content;
drop policy marketing_content_org_update on public.marketing_content;
drop policy marketing_content_org_delete on public.marketing_content;
drop policy "Users can view own marketing_content" on public.marketing_content;
drop policy "Users can create own marketing_content" on public.marketing_content;
drop policy "Users can update own marketing_content" on public.marketing_content;
create policy marketing_content_tenant_isolation on public.marketing_content for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy marketing_newsletters_org_select on public.marketing_newsletters;
drop policy marketing_newsletters_org_insert on public.marketing_newsletters;
drop policy marketing_newsletters_org_update on public.marketing_newsletters;
drop policy marketing_newsletters_org_delete on public.marketing_newsletters;
drop policy "Users can view own marketing_newsletters" on public.marketing_newsletters;
drop policy "Users can create own marketing_newsletters" on public.marketing_newsletters;
drop policy "Users can update own marketing_newsletters" on public.marketing_newsletters;
create policy marketing_newsletters_tenant_isolation on public.marketing_newsletters for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy newsletter_issues_org_select on public.newsletter_issues;
drop policy newsletter_issues_org_insert on public.newsletter_issues;
drop policy newsletter_issues_org_update on public.newsletter_issues;
drop policy newsletter_issues_org_delete on public.newsletter_issues;
drop policy "Users can view own newsletter_issues" on public.newsletter_issues;
drop policy "Users can create own newsletter_issues" on public.newsletter_issues;
drop policy "Users can update own newsletter_issues" on public.newsletter_issues;
create policy newsletter_issues_tenant_isolation on public.newsletter_issues for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- 6. Verified before the transaction ends.
do $$
declare
  scoped text;
  missing bigint;
begin
  foreach scoped in array array[
    'contact_preferences', 'content_schedule', 'email_campaigns', 'email_sends', 'email_templates',
    'lead_scores', 'marketing_audiences', 'marketing_campaigns', 'marketing_content',
    'marketing_newsletters', 'newsletter_issues'
  ] loop
    execute format('select count(*) from public.%I where tenant_id is null', scoped) into missing;
    if missing > 0 then
      raise exception '% rows of % have no tenant_id', missing, scoped;
    end if;
  end loop;
end
$$;
