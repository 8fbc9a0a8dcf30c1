-- Indexes for what the marketing pages ask: composite, partial where only one state is asked for, and full-text.

create index idx_campaigns_org_status on public.marketing_campaigns (org_id, status);
create index idx_campaigns_org_dates on public.marketing_campaigns (org_id, starts_on, ends_on)
  where deleted_at is null;
create index idx_campaigns_org_active on public.marketing_campaigns (org_id, starts_on) where status = 'active';
create index idx_campaigns_org_objective_status on public.marketing_campaigns (org_id, objective, status);
create index idx_marketing_content_org_status on public.marketing_content (org_id, status);
create index idx_marketing_content_org_kind_published on public.marketing_content (org_id, kind, published_at desc);
create index idx_marketing_content_org_drafts on public.marketing_content (org_id, updated_at desc)
  where status = 'draft';
create index idx_marketing_content_search on public.marketing_content
  using gin (to_tsvector('english', title || ' ' || coalesce(body, '')));
create index idx_marketing_content_seo_keywords on public.marketing_content using gin (seo_keywords);
create index idx_content_schedule_org_scheduled on public.content_schedule (org_id, scheduled_for);
create index idx_content_schedule_org_queued on public.content_schedule (org_id, scheduled_for) where status = 'queued';
create index idx_content_schedule_content_channel on public.content_schedule (content_id, channel);
create index idx_email_templates_org_category on public.email_templates (org_id, category) where not is_archived;
create index idx_email_templates_search on public.email_templates
  using gin (to_tsvector('english', name || ' ' || subject));
create index idx_email_campaigns_org_status on public.email_campaigns (org_id, status);
create index idx_email_campaigns_org_scheduled on public.email_campaigns (org_id, scheduled_for)
  where status = 'scheduled';
create index idx_email_campaigns_org_created on public.email_campaigns (org_id, created_at desc);
create index idx_email_sends_campaign_contact on public.email_sends (campaign_id, contact_id);
create index idx_email_sends_org_status on public.email_sends (org_id, status);
create index idx_email_sends_org_sent on public.email_sends (org_id, sent_at desc);
create index idx_email_sends_org_failed on public.email_sends (org_id, created_at desc) where status = 'failed';
create index idx_email_sends_campaign_opened on public.email_sends (campaign_id, opened_at) where opened_at is not null;
create index idx_lead_scores_org_total_score on public.lead_scores (org_id, total_score desc);
create index idx_lead_scores_org_grade on public.lead_scores (org_id, grade, total_score desc);
create index idx_lead_scores_org_hot on public.lead_scores (org_id, calculated_at desc) where total_score >= 150;
create index idx_marketing_audiences_org_dynamic on public.marketing_audiences (org_id, updated_at desc)
  where is_dynamic;
create index idx_marketing_audiences_filters on public.marketing_audiences using gin (filters);
create index idx_marketing_newsletters_org_active on public.marketing_newsletters (org_id, cadence) where is_active;
create index idx_newsletter_issues_newsletter_number on public.newsletter_issues (newsletter_id, issue_number desc);
create index idx_newsletter_issues_org_status on public.newsletter_issues (org_id, status);
create index idx_newsletter_issues_org_published on public.newsletter_issues (org_id, published_at desc)
  where published_at is not null;
create index idx_contact_preferences_org_opted_in on public.contact_preferences (org_id, contact_id)
  where email_opt_in and unsubscribed_at is null;
create index idx_contact_preferences_topics on public.contact_preferences using gin (topics);
create index idx_email_campaigns_template_created on public.email_campaigns (template_id, created_at desc);
create index idx_email_campaigns_org_open_rate on public.email_campaigns (org_id, open_rate desc) where sent_count > 0;
create index idx_content_schedule_org_channel on public.content_schedule (org_id, channel, scheduled_for);
create index idx_email_templates_variables on public.email_templates using gin (variables);
create index idx_lead_scores_factors on public.lead_scores using gin (factors);
create index idx_contact_preferences_org_frequency on public.contact_preferences (org_id, frequency);
create index idx_webinar_registrations_org_email on public.webinar_registrations (org_id, email);
create index idx_webinars_search on public.webinars
  using gin (to_tsvector('english', title || ' ' || coalesce(description, '')));
create index idx_webinars_org_status_starts on public.webinars (org_id, status, starts_at);
create index idx_webinars_org_upcoming on public.webinars (org_id, starts_at) where status = 'scheduled';
create index idx_webinar_registrations_webinar_status on public.webinar_registrations (webinar_id, status);
create index idx_webinar_registrations_org_created on public.webinar_registrations (org_id, created_at desc);
create index idx_webinar_registrations_attended on public.webinar_registrations (webinar_id, attended_minutes desc)
  where status = 'attended';
