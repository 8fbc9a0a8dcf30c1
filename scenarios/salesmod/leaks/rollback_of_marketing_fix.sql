-- The plan's rollback of the marketing fix restores the vulnerability, all of it.
-- system: salesmod
-- through: 20251116000002
-- expect: leak read-row on public.contact_preferences at contact_preferences_select
-- expect: leak insert-row on public.contact_preferences at contact_preferences_insert
-- expect: leak update-row on public.contact_preferences at contact_preferences_update
-- expect: leak delete-row on public.contact_preferences at contact_preferences_delete
-- expect: leak read-row on public.content_schedule at content_schedule_select
-- expect: leak insert-row on public.content_schedule at content_schedule_insert
-- expect: leak update-row on public.content_schedule at content_schedule_update
-- expect: leak delete-row on public.content_schedule at content_schedule_delete
-- expect: leak read-row on public.email_campaigns at email_campaigns_select
-- expect: leak insert-row on public.email_campaigns at email_campaigns_insert
-- expect: leak update-row on public.email_campaigns at email_campaigns_update
-- expect: leak delete-row on public.email_campaigns at email_campaigns_delete
-- expect: leak read-row on public.email_sends at email_sends_select
-- expect: leak insert-row on public.email_sends at email_sends_insert
-- expect: leak update-row on public.email_sends at email_sends_update
-- expect: leak delete-row on public.email_sends at email_sends_delete
-- expect: leak read-row on public.email_templates at email_templates_select
-- expect: leak insert-row on public.email_templates at email_templates_insert
-- expect: leak update-row on public.email_templates at email_templates_update
-- expect: leak delete-row on public.email_templates at email_templates_delete
-- expect: leak read-row on public.lead_scores at lead_scores_select
-- expect: leak insert-row on public.lead_scores at lead_scores_insert
-- expect: leak update-row on public.lead_scores at lead_scores_update
-- expect: leak delete-row on public.lead_scores at lead_scores_delete
-- expect: leak read-row on public.marketing_audiences at marketing_audiences_select
-- expect: leak insert-row on public.marketing_audiences at marketing_audiences_insert
-- expect: leak update-row on public.marketing_audiences at marketing_audiences_update
-- expect: leak delete-row on public.marketing_audiences at marketing_audiences_delete
-- expect: leak read-row on public.marketing_campaigns at marketing_campaigns_select
-- expect: leak insert-row on public.marketing_campaigns at marketing_campaigns_insert
-- expect: leak update-row on public.marketing_campaigns at marketing_campaigns_update
-- expect: leak delete-row on public.marketing_campaigns at marketing_campaigns_delete
-- expect: leak read-row on public.marketing_content at marketing_content_select
-- expect: leak insert-row on public.marketing_content at marketing_content_insert
-- expect: leak update-row on public.marketing_content at marketing_content_update
-- expect: leak delete-row on public.marketing_content at marketing_content_delete
-- expect: leak read-row on public.marketing_newsletters at marketing_newsletters_select
-- expect: leak insert-row on public.marketing_newsletters at marketing_newsletters_insert
-- expect: leak update-row on public.marketing_newsletters at marketing_newsletters_update
-- expect: leak delete-row on public.marketing_newsletters at marketing_newsletters_delete
-- expect: leak read-row on public.newsletter_issues at newsletter_issues_select
-- expect: leak insert-row on public.newsletter_issues at newsletter_issues_insert
-- expect: leak update-row on public.newsletter_issues at newsletter_issues_update
-- expect: leak delete-row on public.newsletter_issues at newsletter_issues_delete
-- expect: leak read-row on public.webinar_registrations at webinar_registrations_select
-- expect: leak insert-row on public.webinar_registrations at webinar_registrations_insert
-- expect: leak update-row on public.webinar_registrations at webinar_registrations_update
-- expect: leak delete-row on public.webinar_registrations at webinar_registrations_delete
-- expect: leak read-row on public.webinars at webinars_select
-- expect: leak insert-row on public.webinars at webinars_insert
-- expect: leak update-row on public.webinars at webinars_update
-- expect: leak delete-row on public.webinars at webinars_delete
-- expect: leak reference-row on public.email_sends at email_sends_contact_id_fkey
-- expect: leak reference-row on public.webinar_registrations at webinar_registrations_contact_id_fkey
-- note: The text is that of migrations/salesmod/down/20251116_marketing_fix.sql.

-- 1. Drop the new indexes.
drop index if exists public.idx_campaigns_org_status;
drop index if exists public.idx_campaigns_org_dates;
drop index if exists public.idx_campaigns_org_active;
drop index if exists public.idx_campaigns_org_objective_status;
drop index if exists public.idx_marketing_content_org_status;
drop index if exists public.idx_marketing_content_org_kind_published;
drop index if exists public.idx_marketing_content_org_drafts;
drop index if exists public.idx_marketing_content_search;
drop index if exists public.idx_marketing_content_seo_keywords;
drop index if exists public.idx_content_schedule_org_scheduled;
drop index if exists public.idx_content_schedule_org_queued;
drop index if exists public.idx_content_schedule_content_channel;
drop index if exists public.idx_email_templates_org_category;
drop index if exists public.idx_email_templates_search;
drop index if exists public.idx_email_campaigns_org_status;
drop index if exists public.idx_email_campaigns_org_scheduled;
drop index if exists public.idx_email_campaigns_org_created;
drop index if exists public.idx_email_sends_campaign_contact;
drop index if exists public.idx_email_sends_org_status;
drop index if exists public.idx_email_sends_org_sent;
drop index if exists public.idx_email_sends_org_failed;
drop index if exists public.idx_email_sends_campaign_opened;
drop index if exists public.idx_lead_scores_org_total_score;
drop index if exists public.idx_lead_scores_org_grade;
drop index if exists public.idx_lead_scores_org_hot;
drop index if exists public.idx_marketing_audiences_org_dynamic;
drop index if exists public.idx_marketing_audiences_filters;
drop index if exists public.idx_marketing_newsletters_org_active;
drop index if exists public.idx_newsletter_issues_newsletter_number;
drop index if exists public.idx_newsletter_issues_org_status;
drop index if exists public.idx_newsletter_issues_org_published;
drop index if exists public.idx_contact_preferences_org_opted_in;
drop index if exists public.idx_contact_preferences_topics;
drop index if exists public.idx_email_campaigns_template_created;
drop index if exists public.idx_email_campaigns_org_open_rate;
drop index if exists public.idx_content_schedule_org_channel;
drop index if exists public.idx_email_templates_variables;
drop index if exists public.idx_lead_scores_factors;
drop index if exists public.idx_contact_preferences_org_frequency;
drop index if exists public.idx_webinar_registrations_org_email;
drop index if exists public.idx_webinars_search;
drop index if exists public.idx_webinars_org_status_starts;
drop index if exists public.idx_webinars_org_upcoming;
drop index if exists public.idx_webinar_registrations_webinar_status;
drop index if exists public.idx_webinar_registrations_org_created;
drop index if exists public.idx_webinar_registrations_attended;

-- 3. Restore the old policies, as the first migrations of the module made them.
drop policy if exists contact_preferences_org_select on public.contact_preferences;
drop policy if exists contact_preferences_org_insert on public.contact_preferences;
drop policy if exists contact_preferences_org_update on public.contact_preferences;
drop policy if exists contact_preferences_org_delete on public.contact_preferences;
drop policy if exists "Users can view own contact_preferences" on public.contact_preferences;
drop policy if exists "Users can create own contact_preferences" on public.contact_preferences;
drop policy if exists "Users can update own contact_preferences" on public.contact_preferences;
create policy contact_preferences_select on public.contact_preferences for select using (true);
create policy contact_preferences_insert on public.contact_preferences for insert with check (true);
create policy contact_preferences_update on public.contact_preferences for update using (true) with check (true);
create policy contact_preferences_delete on public.contact_preferences for delete using (true);
drop policy if exists content_schedule_org_select on public.content_schedule;
drop policy if exists content_schedule_org_insert on public.content_schedule;
drop policy if exists content_schedule_org_update on public.content_schedule;
drop policy if exists content_schedule_org_delete on public.content_schedule;
drop policy if exists "Users can view own content_schedule" on public.content_schedule;
drop policy if exists "Users can create own content_schedule" on public.content_schedule;
drop policy if exists "Users can update own content_schedule" on public.content_schedule;
create policy content_schedule_select on public.content_schedule for select using (true);
create policy content_schedule_insert on public.content_schedule for insert with check (true);
create policy content_schedule_update on public.content_schedule for update using (true) with check (true);
create policy content_schedule_delete on public.content_schedule for delete using (true);
drop policy if exists email_campaigns_org_select on public.email_campaigns;
drop policy if exists email_campaigns_org_insert on public.email_campaigns;
drop policy if exists email_campaigns_org_update on public.email_campaigns;
drop policy if exists email_campaigns_org_delete on public.email_campaigns;
drop policy if exists "Users can view own email_campaigns" on public.email_campaigns;
drop policy if exists "Users can create own email_campaigns" on public.email_campaigns;
drop policy if exists "Users can update own email_campaigns" on public.email_campaigns;
create policy email_campaigns_select on public.email_campaigns for select using (true);
create policy email_campaigns_insert on public.email_campaigns for insert with check (true);
create policy email_campaigns_update on public.email_campaigns for update using (true) with check (true);
create policy email_campaigns_delete on public.email_campaigns for delete using (true);
drop policy if exists email_sends_org_select on public.email_sends;
drop policy if exists email_sends_org_insert on public.email_sends;
drop policy if exists email_sends_org_update on public.email_sends;
drop policy if exists "Users can view own email_sends" on public.email_sends;
drop policy if exists "Users can create own email_sends" on public.email_sends;
drop policy if exists "Users can update own email_sends" on public.email_sends;
create policy email_sends_select on public.email_sends for select using (true);
create policy email_sends_insert on public.email_sends for insert with check (true);
create policy email_sends_update on public.email_sends for update using (true) with check (true);
create policy email_sends_delete on public.email_sends for delete using (true);
drop policy if exists email_templates_org_select on public.email_templates;
drop policy if exists email_templates_org_insert on public.email_templates;
drop policy if exists email_templates_org_update on public.email_templates;
drop policy if exists email_templates_org_delete on public.email_templates;
drop policy if exists "Users can view own email_templates" on public.email_templates;
drop policy if exists "Users can create own email_templates" on public.email_templates;
drop policy if exists "Users can update own email_templates" on public.email_templates;
create policy email_templates_select on public.email_templates for select using (true);
create policy email_templates_insert on public.email_templates for insert with check (true);
create policy email_templates_update on public.email_templates for update using (true) with check (true);
create policy email_templates_delete on public.email_templates for delete using (true);
drop policy if exists lead_scores_org_select on public.lead_scores;
drop policy if exists lead_scores_org_insert on public.lead_scores;
drop policy if exists lead_scores_org_update on public.lead_scores;
drop policy if exists lead_scores_org_delete on public.lead_scores;
drop policy if exists "Users can view own lead_scores" on public.lead_scores;
drop policy if exists "Users can create own lead_scores" on public.lead_scores;
drop policy if exists "Users can update own lead_scores" on public.lead_scores;
create policy lead_scores_select on public.lead_scores for select using (true);
create policy lead_scores_insert on public.lead_scores for insert with check (true);
create policy lead_scores_update on public.lead_scores for update using (true) with check (true);
create policy lead_scores_delete on public.lead_scores for delete using (true);
drop policy if exists marketing_audiences_org_select on public.marketing_audiences;
drop policy if exists marketing_audiences_org_insert on public.marketing_audiences;
drop policy if exists marketing_audiences_org_update on public.marketing_audiences;
drop policy if exists marketing_audiences_org_delete on public.marketing_audiences;
drop policy if exists "Users can view own marketing_audiences" on public.marketing_audiences;
drop policy if exists "Users can create own marketing_audiences" on public.marketing_audiences;
drop policy if exists "Users can update own marketing_audiences" on public.marketing_audiences;
create policy marketing_audiences_select on public.marketing_audiences for select using (true);
create policy marketing_audiences_insert on public.marketing_audiences for insert with check (true);
create policy marketing_audiences_update on public.marketing_audiences for update using (true) with check (true);
create policy marketing_audiences_delete on public.marketing_audiences for delete using (true);
drop policy if exists marketing_campaigns_org_select on public.marketing_campaigns;
drop policy if exists marketing_campaigns_org_insert on public.marketing_campaigns;
drop policy if exists marketing_campaigns_org_update on public.marketing_campaigns;
drop policy if exists marketing_campaigns_org_delete on public.marketing_campaigns;
drop policy if exists "Users can view own marketing_campaigns" on public.marketing_campaigns;
drop policy if exists "Users can create own marketing_campaigns" on public.marketing_campaigns;
drop policy if exists "Users can update own marketing_campaigns" on public.marketing_campaigns;
create policy marketing_campaigns_select on public.marketing_campaigns for select using (true);
create policy marketing_campaigns_insert on public.marketing_campaigns for insert with check (true);
create policy marketing_campaigns_update on public.marketing_campaigns for update using (true) with check (true);
create policy marketing_campaigns_delete on public.marketing_campaigns for delete using (true);
drop policy if exists marketing_content_org_select on public.marketing_content;
drop policy if exists marketing_content_org_insert on public.marketing_content;
drop policy if exists marketing_content_org_update on public.marketing_content;
drop policy if exists marketing_content_org_delete on public.marketing_content;
drop policy if exists "Users can view own marketing_content" on public.marketing_content;
drop policy if exists "Users can create own marketing_content" on public.marketing_content;
drop policy if exists "Users can update own marketing_content" on public.marketing_content;
create policy marketing_content_select on public.marketing_content for select using (true);
create policy marketing_content_insert on public.marketing_content for insert with check (true);
create policy marketing_content_update on public.marketing_content for update using (true) with check (true);
create policy marketing_content_delete on public.marketing_content for delete using (true);
drop policy if exists marketing_newsletters_org_select on public.marketing_newsletters;
drop policy if exists marketing_newsletters_org_insert on public.marketing_newsletters;
drop policy if exists marketing_newsletters_org_update on public.marketing_newsletters;
drop policy if exists marketing_newsletters_org_delete on public.marketing_newsletters;
drop policy if exists "Users can view own marketing_newsletters" on public.marketing_newsletters;
drop policy if exists "Users can create own marketing_newsletters" on public.marketing_newsletters;
drop policy if exists "Users can update own marketing_newsletters" on public.marketing_newsletters;
create policy marketing_newsletters_select on public.marketing_newsletters for select using (true);
create policy marketing_newsletters_insert on public.marketing_newsletters for insert with check (true);
create policy marketing_newsletters_update on public.marketing_newsletters for update using (true) with check (true);
create policy marketing_newsletters_delete on public.marketing_newsletters for delete using (true);
drop policy if exists newsletter_issues_org_select on public.newsletter_issues;
drop policy if exists newsletter_issues_org_insert on public.newsletter_issues;
drop policy if exists newsletter_issues_org_update on public.newsletter_issues;
drop policy if exists newsletter_issues_org_delete on public.newsletter_issues;
drop policy if exists "Users can view own newsletter_issues" on public.newsletter_issues;
drop policy if exists "Users can create own newsletter_issues" on public.newsletter_issues;
drop policy if exists "Users can update own newsletter_issues" on public.newsletter_issues;
create policy newsletter_issues_select on public.newsletter_issues for select using (true);
create policy newsletter_issues_insert on public.newsletter_issues for insert with check (true);
create policy newsletter_issues_update on public.newsletter_issues for update using (true) with check (true);
create policy newsletter_issues_delete on public.newsletter_issues for delete using (true);
drop policy if exists webinar_registrations_org_select on public.webinar_registrations;
drop policy if exists webinar_registrations_org_insert on public.webinar_registrations;
drop policy if exists webinar_registrations_org_update on public.webinar_registrations;
drop policy if exists webinar_registrations_org_delete on public.webinar_registrations;
drop policy if exists "Users can view own webinar_registrations" on public.webinar_registrations;
drop policy if exists "Users can create own webinar_registrations" on public.webinar_registrations;
drop policy if exists "Users can update own webinar_registrations" on public.webinar_registrations;
create policy webinar_registrations_select on public.webinar_registrations for select using (true);
create policy webinar_registrations_insert on public.webinar_registrations for insert with check (true);
create policy webinar_registrations_update on public.webinar_registrations for update using (true) with check (true);
create policy webinar_registrations_delete on public.webinar_registrations for delete using (true);
drop policy if exists webinars_org_select on public.webinars;
drop policy if exists webinars_org_insert on public.webinars;
drop policy if exists webinars_org_update on public.webinars;
drop policy if exists webinars_org_delete on public.webinars;
drop policy if exists "Users can view own webinars" on public.webinars;
drop policy if exists "Users can create own webinars" on public.webinars;
drop policy if exists "Users can update own webinars" on public.webinars;
drop policy if exists "Users can cancel own webinars" on public.webinars;
create policy webinars_select on public.webinars for select using (true);
create policy webinars_insert on public.webinars for insert with check (true);
create policy webinars_update on public.webinars for update using (true) with check (true);
create policy webinars_delete on public.webinars for delete using (true);

-- 4. Drop the triggers.
drop trigger if exists trigger_set_contact_preferences_org_id on public.contact_preferences;
drop trigger if exists trigger_set_content_schedule_org_id on public.content_schedule;
drop trigger if exists trigger_set_email_campaigns_org_id on public.email_campaigns;
drop trigger if exists trigger_set_email_sends_org_id on public.email_sends;
drop trigger if exists trigger_set_email_templates_org_id on public.email_templates;
drop trigger if exists trigger_set_lead_scores_org_id on public.lead_scores;
drop trigger if exists trigger_set_marketing_audiences_org_id on public.marketing_audiences;
drop trigger if exists trigger_set_marketing_campaigns_org_id on public.marketing_campaigns;
drop trigger if exists trigger_set_marketing_content_org_id on public.marketing_content;
drop trigger if exists trigger_set_marketing_newsletters_org_id on public.marketing_newsletters;
drop trigger if exists trigger_set_newsletter_issues_org_id on public.newsletter_issues;
drop trigger if exists trigger_set_webinar_registrations_org_id on public.webinar_registrations;
drop trigger if exists trigger_set_webinars_org_id on public.webinars;
drop function if exists public.set_org_id();

-- 2. Remove the org_id columns, and let the references be as they were.
alter table public.lead_scores drop column if exists org_id;
alter table public.lead_scores add foreign key (contact_id) references public.contacts (id) on delete cascade;
alter table public.email_sends drop column if exists org_id;
alter table public.email_sends add foreign key (campaign_id) references public.email_campaigns (id) on delete cascade;
alter table public.email_sends add foreign key (contact_id) references public.contacts (id) on delete set null;
alter table public.newsletter_issues drop column if exists org_id;
alter table public.newsletter_issues add foreign key (newsletter_id) references public.marketing_newsletters (id) on delete cascade;
alter table public.contact_preferences drop column if exists org_id;
alter table public.contact_preferences add foreign key (contact_id) references public.contacts (id) on delete cascade;
alter table public.webinar_registrations drop column if exists org_id;
alter table public.webinar_registrations add foreign key (webinar_id) references public.webinars (id) on delete cascade;
alter table public.webinar_registrations add foreign key (contact_id) references public.contacts (id) on delete set null;
