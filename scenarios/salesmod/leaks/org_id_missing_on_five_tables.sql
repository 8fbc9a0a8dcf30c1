-- Strict policies where org_id is; the five tables without it only ask whether somebody is signed in.
-- system: salesmod
-- class: 24
-- through: 20251116000000
-- expect: leak read-row on public.contact_preferences at contact_preferences_signed_in
-- expect: leak read-row on public.email_sends at email_sends_signed_in
-- expect: leak read-row on public.lead_scores at lead_scores_signed_in
-- expect: leak read-row on public.newsletter_issues at newsletter_issues_signed_in
-- expect: leak read-row on public.webinar_registrations at webinar_registrations_signed_in
-- expect: leak reference-row on public.email_sends at email_sends_contact_id_fkey
-- expect: leak reference-row on public.webinar_registrations at webinar_registrations_contact_id_fkey

drop policy contact_preferences_select on public.contact_preferences;
drop policy contact_preferences_insert on public.contact_preferences;
drop policy contact_preferences_update on public.contact_preferences;
drop policy contact_preferences_delete on public.contact_preferences;
create policy contact_preferences_signed_in on public.contact_preferences
  for all to authenticated
  using (auth.uid() is not null);
drop policy content_schedule_select on public.content_schedule;
drop policy content_schedule_insert on public.content_schedule;
drop policy content_schedule_update on public.content_schedule;
drop policy content_schedule_delete on public.content_schedule;
create policy content_schedule_org on public.content_schedule
  for all to authenticated
  using (auth.uid() = org_id);
drop policy email_campaigns_select on public.email_campaigns;
drop policy email_campaigns_insert on public.email_campaigns;
drop policy email_campaigns_update on public.email_campaigns;
drop policy email_campaigns_delete on public.email_campaigns;
create policy email_campaigns_org on public.email_campaigns
  for all to authenticated
  using (auth.uid() = org_id);
drop policy email_sends_select on public.email_sends;
drop policy email_sends_insert on public.email_sends;
drop policy email_sends_update on public.email_sends;
drop policy email_sends_delete on public.email_sends;
create policy email_sends_signed_in on public.email_sends
  for all to authenticated
  using (auth.uid() is not null);
drop policy email_templates_select on public.email_templates;
drop policy email_templates_insert on public.email_templates;
drop policy email_templates_update on public.email_templates;
drop policy email_templates_delete on public.email_templates;
create policy email_templates_org on public.email_templates
  for all to authenticated
  using (auth.uid() = org_id);
drop policy lead_scores_select on public.lead_scores;
drop policy lead_scores_insert on public.lead_scores;
drop policy lead_scores_update on public.lead_scores;
drop policy lead_scores_delete on public.lead_scores;
create policy lead_scores_signed_in on public.lead_scores
  for all to authenticated
  using (auth.uid() is not null);
drop policy marketing_audiences_select on public.marketing_audiences;
drop policy marketing_audiences_insert on public.marketing_audiences;
drop policy marketing_audiences_update on public.marketing_audiences;
drop policy marketing_audiences_delete on public.marketing_audiences;
create policy marketing_audiences_org on public.marketing_audiences
  for all to authenticated
  using (auth.uid() = org_id);
drop policy marketing_campaigns_select on public.marketing_campaigns;
drop policy marketing_campaigns_insert on public.marketing_campaigns;
drop policy marketing_campaigns_update on public.marketing_campaigns;
drop policy marketing_campaigns_delete on public.marketing_campaigns;
create policy marketing_campaigns_org on public.marketing_campaigns
  for all to authenticated
  using (auth.uid() = org_id);
drop policy marketing_content_select on public.marketing_content;
drop policy marketing_content_insert on public.marketing_content;
drop policy marketing_content_update on public.marketing_content;
drop policy marketing_content_delete on public.marketing_content;
create policy marketing_content_org on public.marketing_content
  for all to authenticated
  using (auth.uid() = org_id);
drop policy marketing_newsletters_select on public.marketing_newsletters;
drop policy marketing_newsletters_insert on public.marketing_newsletters;
drop policy marketing_newsletters_update on public.marketing_newsletters;
drop policy marketing_newsletters_delete on public.marketing_newsletters;
create policy marketing_newsletters_org on public.marketing_newsletters
  for all to authenticated
  using (auth.uid() = org_id);
drop policy newsletter_issues_select on public.newsletter_issues;
drop policy newsletter_issues_insert on public.newsletter_issues;
drop policy newsletter_issues_update on public.newsletter_issues;
drop policy newsletter_issues_delete on public.newsletter_issues;
create policy newsletter_issues_signed_in on public.newsletter_issues
  for all to authenticated
  using (auth.uid() is not null);
drop policy webinar_registrations_select on public.webinar_registrations;
drop policy webinar_registrations_insert on public.webinar_registrations;
drop policy webinar_registrations_update on public.webinar_registrations;
drop policy webinar_registrations_delete on public.webinar_registrations;
create policy webinar_registrations_signed_in on public.webinar_registrations
  for all to authenticated
  using (auth.uid() is not null);
drop policy webinars_select on public.webinars;
drop policy webinars_insert on public.webinars;
drop policy webinars_update on public.webinars;
drop policy webinars_delete on public.webinars;
create policy webinars_org on public.webinars
  for all to authenticated
  using (auth.uid() = org_id);
