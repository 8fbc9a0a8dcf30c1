-- The five tables need no org_id of their own: each row is its parent's owner's, and the policies ask the parent.
-- system: salesmod
-- class: 24
-- through: 20251116000000
-- expect: clean

drop policy contact_preferences_select on public.contact_preferences;
drop policy contact_preferences_insert on public.contact_preferences;
drop policy contact_preferences_update on public.contact_preferences;
drop policy contact_preferences_delete on public.contact_preferences;
create policy contact_preferences_by_parent on public.contact_preferences
  for all to authenticated
  using (exists (
    select from public.contacts as parent where parent.id = contact_preferences.contact_id and parent.org_id = auth.uid()
  ));
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
create policy email_sends_by_parent on public.email_sends
  for all to authenticated
  using (exists (
    select from public.email_campaigns as parent where parent.id = email_sends.campaign_id and parent.org_id = auth.uid()
  ));
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
create policy lead_scores_by_parent on public.lead_scores
  for all to authenticated
  using (exists (
    select from public.contacts as parent where parent.id = lead_scores.contact_id and parent.org_id = auth.uid()
  ));
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
create policy newsletter_issues_by_parent on public.newsletter_issues
  for all to authenticated
  using (exists (
    select from public.marketing_newsletters as parent where parent.id = newsletter_issues.newsletter_id and parent.org_id = auth.uid()
  ));
drop policy webinar_registrations_select on public.webinar_registrations;
drop policy webinar_registrations_insert on public.webinar_registrations;
drop policy webinar_registrations_update on public.webinar_registrations;
drop policy webinar_registrations_delete on public.webinar_registrations;
create policy webinar_registrations_by_parent on public.webinar_registrations
  for all to authenticated
  using (exists (
    select from public.webinars as parent where parent.id = webinar_registrations.webinar_id and parent.org_id = auth.uid()
  ));
drop policy webinars_select on public.webinars;
drop policy webinars_insert on public.webinars;
drop policy webinars_update on public.webinars;
drop policy webinars_delete on public.webinars;
create policy webinars_org on public.webinars
  for all to authenticated
  using (auth.uid() = org_id);

-- A mail or a registration names a contact of the same owner only.
create function public.contact_of_caller() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if new.contact_id is not null and not exists (
    select from public.contacts where contacts.id = new.contact_id and contacts.org_id = coalesce(auth.uid(), contacts.org_id)
  ) then
    raise exception 'no such contact' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger email_sends_contact_of_caller
  before insert or update of contact_id on public.email_sends
  for each row execute function public.contact_of_caller();
create trigger webinar_registrations_contact_of_caller
  before insert or update of contact_id on public.webinar_registrations
  for each row execute function public.contact_of_caller();
