-- The way back from phase 1, week 1, on top of its migration: the eleven marketing tables belong to users again.
-- org_id was kept for this. A reference that a colleague made since then is left unchecked, and numbered names stay numbered.

-- 5. The policies by user.
drop policy contact_preferences_tenant_isolation on public.contact_preferences;
create policy contact_preferences_org_select on public.contact_preferences for select
  to authenticated using (auth.uid() = org_id);
create policy contact_preferences_org_insert on public.contact_preferences for insert
  to authenticated with check (auth.uid() = org_id);
create policy contact_preferences_org_update on public.contact_preferences for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy contact_preferences_org_delete on public.contact_preferences for delete
  to authenticated using (auth.uid() = org_id);
drop policy content_schedule_tenant_isolation on public.content_schedule;
create policy content_schedule_org_select on public.content_schedule for select
  to authenticated using (auth.uid() = org_id);
create policy content_schedule_org_insert on public.content_schedule for insert
  to authenticated with check (auth.uid() = org_id);
create policy content_schedule_org_update on public.content_schedule for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy content_schedule_org_delete on public.content_schedule for delete
  to authenticated using (auth.uid() = org_id);
drop policy email_campaigns_tenant_isolation on public.email_campaigns;
create policy email_campaigns_org_select on public.email_campaigns for select
  to authenticated using (auth.uid() = org_id);
create policy email_campaigns_org_insert on public.email_campaigns for insert
  to authenticated with check (auth.uid() = org_id);
create policy email_campaigns_org_update on public.email_campaigns for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy email_campaigns_org_delete on public.email_campaigns for delete
  to authenticated using (auth.uid() = org_id);
drop policy email_sends_tenant_isolation on public.email_sends;
create policy email_sends_org_select on public.email_sends for select
  to authenticated using (auth.uid() = org_id);
create policy email_sends_org_insert on public.email_sends for insert
  to authenticated with check (auth.uid() = org_id);
create policy email_sends_org_update on public.email_sends for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
drop policy email_templates_tenant_isolation on public.email_templates;
create policy email_templates_org_select on public.email_templates for select
  to authenticated using (auth.uid() = org_id);
create policy email_templates_org_insert on public.email_templates for insert
  to authenticated with check (auth.uid() = org_id);
create policy email_templates_org_update on public.email_templates for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy email_templates_org_delete on public.email_templates for delete
  to authenticated using (auth.uid() = org_id);
drop policy lead_scores_tenant_isolation on public.lead_scores;
create policy lead_scores_org_select on public.lead_scores for select
  to authenticated using (auth.uid() = org_id);
create policy lead_scores_org_insert on public.lead_scores for insert
  to authenticated with check (auth.uid() = org_id);
create policy lead_scores_org_update on public.lead_scores for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy lead_scores_org_delete on public.lead_scores for delete
  to authenticated using (auth.uid() = org_id);
drop policy marketing_audiences_tenant_isolation on public.marketing_audiences;
create policy marketing_audiences_org_select on public.marketing_audiences for select
  to authenticated using (auth.uid() = org_id);
create policy marketing_audiences_org_insert on public.marketing_audiences for insert
  to authenticated with check (auth.uid() = org_id);
create policy marketing_audiences_org_update on public.marketing_audiences for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy marketing_audiences_org_delete on public.marketing_audiences for delete
  to authenticated using (auth.uid() = org_id);
drop policy marketing_campaigns_tenant_isolation on public.marketing_campaigns;
create policy marketing_campaigns_org_select on public.marketing_campaigns for select
  to authenticated using (auth.uid() = org_id);
create policy marketing_campaigns_org_insert on public.marketing_campaigns for insert
  to authenticated with check (auth.uid() = org_id);
create policy marketing_campaigns_org_update on public.marketing_campaigns for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy marketing_campaigns_org_delete on public.marketing_campaigns for delete
  to authenticated using (auth.uid() = org_id);
drop policy marketing_content_tenant_isolation on public.marketing_content;
create policy marketing_content_org_select on public.marketing_content for select
  to authenticated using (auth.uid() = org_id);
create policy marketing_content_org_insert on public.marketing_content for insert
  to authenticated with check (auth.uid() = org_id);
create policy marketing_content_org_update on public.marketing_content for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy marketing_content_org_delete on public.marketing_content for delete
  to authenticated using (auth.uid() = org_id);
drop policy marketing_newsletters_tenant_isolation on public.marketing_newsletters;
create policy marketing_newsletters_org_select on public.marketing_newsletters for select
  to authenticated using (auth.uid() = org_id);
create policy marketing_newsletters_org_insert on public.marketing_newsletters for insert
  to authenticated with check (auth.uid() = org_id);
create policy marketing_newsletters_org_update on public.marketing_newsletters for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy marketing_newsletters_org_delete on public.marketing_newsletters for delete
  to authenticated using (auth.uid() = org_id);
drop policy newsletter_issues_tenant_isolation on public.newsletter_issues;
create policy newsletter_issues_org_select on public.newsletter_issues for select
  to authenticated using (auth.uid() = org_id);
create policy newsletter_issues_org_insert on public.newsletter_issues for insert
  to authenticated with check (auth.uid() = org_id);
create policy newsletter_issues_org_update on public.newsletter_issues for update
  to authenticated using (auth.uid() = org_id) with check (auth.uid() = org_id);
create policy newsletter_issues_org_delete on public.newsletter_issues for delete
  to authenticated using (auth.uid() = org_id);

-- The references and the keys by user.
alter table public.webinars drop constraint webinars_tenant_id_marketing_campaign_id_fkey;
alter table public.webinars add constraint webinars_org_id_marketing_campaign_id_fkey
  foreign key (org_id, marketing_campaign_id) references public.marketing_campaigns (org_id, id)
  on delete set null (marketing_campaign_id) not valid;
alter table public.contact_preferences drop constraint contact_preferences_tenant_id_contact_id_fkey;
alter table public.contact_preferences add constraint contact_preferences_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id)
  on delete cascade not valid;
alter table public.content_schedule drop constraint content_schedule_tenant_id_content_id_fkey;
alter table public.content_schedule add constraint content_schedule_org_id_content_id_fkey
  foreign key (org_id, content_id) references public.marketing_content (org_id, id)
  on delete cascade not valid;
alter table public.email_campaigns drop constraint email_campaigns_tenant_id_marketing_campaign_id_fkey;
alter table public.email_campaigns add constraint email_campaigns_org_id_marketing_campaign_id_fkey
  foreign key (org_id, marketing_campaign_id) references public.marketing_campaigns (org_id, id)
  on delete set null (marketing_campaign_id) not valid;
alter table public.email_campaigns drop constraint email_campaigns_tenant_id_template_id_fkey;
alter table public.email_campaigns add constraint email_campaigns_org_id_template_id_fkey
  foreign key (org_id, template_id) references public.email_templates (org_id, id)
  on delete set null (template_id) not valid;
alter table public.email_campaigns drop constraint email_campaigns_tenant_id_audience_id_fkey;
alter table public.email_campaigns add constraint email_campaigns_org_id_audience_id_fkey
  foreign key (org_id, audience_id) references public.marketing_audiences (org_id, id)
  on delete set null (audience_id) not valid;
alter table public.email_sends drop constraint email_sends_tenant_id_campaign_id_fkey;
alter table public.email_sends add constraint email_sends_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.email_campaigns (org_id, id)
  on delete cascade not valid;
alter table public.email_sends drop constraint email_sends_tenant_id_contact_id_fkey;
alter table public.email_sends add constraint email_sends_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id)
  on delete set null (contact_id) not valid;
alter table public.lead_scores drop constraint lead_scores_tenant_id_contact_id_fkey;
alter table public.lead_scores add constraint lead_scores_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id)
  on delete cascade not valid;
alter table public.marketing_campaigns drop constraint marketing_campaigns_tenant_id_audience_id_fkey;
alter table public.marketing_campaigns add constraint marketing_campaigns_org_id_audience_id_fkey
  foreign key (org_id, audience_id) references public.marketing_audiences (org_id, id)
  on delete set null (audience_id) not valid;
alter table public.marketing_content drop constraint marketing_content_tenant_id_campaign_id_fkey;
alter table public.marketing_content add constraint marketing_content_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.marketing_campaigns (org_id, id)
  on delete set null (campaign_id) not valid;
alter table public.marketing_newsletters drop constraint marketing_newsletters_tenant_id_audience_id_fkey;
alter table public.marketing_newsletters add constraint marketing_newsletters_org_id_audience_id_fkey
  foreign key (org_id, audience_id) references public.marketing_audiences (org_id, id)
  on delete set null (audience_id) not valid;
alter table public.newsletter_issues drop constraint newsletter_issues_tenant_id_newsletter_id_fkey;
alter table public.newsletter_issues add constraint newsletter_issues_org_id_newsletter_id_fkey
  foreign key (org_id, newsletter_id) references public.marketing_newsletters (org_id, id)
  on delete cascade not valid;
alter table public.marketing_campaigns drop constraint marketing_campaigns_tenant_id_id_key;
alter table public.marketing_content drop constraint marketing_content_tenant_id_id_key;
alter table public.email_templates drop constraint email_templates_tenant_id_id_key;
alter table public.marketing_audiences drop constraint marketing_audiences_tenant_id_id_key;
alter table public.email_campaigns drop constraint email_campaigns_tenant_id_id_key;
alter table public.marketing_newsletters drop constraint marketing_newsletters_tenant_id_id_key;
alter table public.email_templates drop constraint email_templates_tenant_id_name_key;
alter table public.email_templates add constraint email_templates_org_id_name_key
  unique (org_id, name);
alter table public.marketing_audiences drop constraint marketing_audiences_tenant_id_name_key;
alter table public.marketing_audiences add constraint marketing_audiences_org_id_name_key
  unique (org_id, name);
alter table public.marketing_campaigns drop constraint marketing_campaigns_tenant_id_name_key;
alter table public.marketing_campaigns add constraint marketing_campaigns_org_id_name_key
  unique (org_id, name);
alter table public.marketing_newsletters drop constraint marketing_newsletters_tenant_id_slug_key;
alter table public.marketing_newsletters add constraint marketing_newsletters_org_id_slug_key
  unique (org_id, slug);

-- 1. The triggers and the columns, and with them the indexes.
drop trigger trigger_set_contact_preferences_tenant_id on public.contact_preferences;
alter table public.contact_preferences drop column tenant_id;
drop trigger trigger_set_content_schedule_tenant_id on public.content_schedule;
alter table public.content_schedule drop column tenant_id;
drop trigger trigger_set_email_campaigns_tenant_id on public.email_campaigns;
alter table public.email_campaigns drop column tenant_id;
drop trigger trigger_set_email_sends_tenant_id on public.email_sends;
alter table public.email_sends drop column tenant_id;
drop trigger trigger_set_email_templates_tenant_id on public.email_templates;
alter table public.email_templates drop column tenant_id;
drop trigger trigger_set_lead_scores_tenant_id on public.lead_scores;
alter table public.lead_scores drop column tenant_id;
drop trigger trigger_set_marketing_audiences_tenant_id on public.marketing_audiences;
alter table public.marketing_audiences drop column tenant_id;
drop trigger trigger_set_marketing_campaigns_tenant_id on public.marketing_campaigns;
alter table public.marketing_campaigns drop column tenant_id;
drop trigger trigger_set_marketing_content_tenant_id on public.marketing_content;
alter table public.marketing_content drop column tenant_id;
drop trigger trigger_set_marketing_newsletters_tenant_id on public.marketing_newsletters;
alter table public.marketing_newsletters drop column tenant_id;
drop trigger trigger_set_newsletter_issues_tenant_id on public.newsletter_issues;
alter table public.newsletter_issues drop column tenant_id;
