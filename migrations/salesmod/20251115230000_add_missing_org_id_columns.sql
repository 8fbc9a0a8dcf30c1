-- Security: the five tables without org_id get it, from the row that they hang on.
-- Applied after the webinars although its name sorts before them: it needs both.

alter table public.lead_scores add column org_id uuid default auth.uid() references public.profiles (id) on delete cascade;
alter table public.email_sends add column org_id uuid default auth.uid() references public.profiles (id) on delete cascade;
alter table public.newsletter_issues add column org_id uuid default auth.uid() references public.profiles (id) on delete cascade;
alter table public.contact_preferences add column org_id uuid default auth.uid() references public.profiles (id) on delete cascade;
alter table public.webinar_registrations add column org_id uuid default auth.uid() references public.profiles (id) on delete cascade;

-- The backfill.
update public.lead_scores as child set org_id = parent.org_id
from public.contacts as parent
where parent.id = child.contact_id and child.org_id is null;
update public.email_sends as child set org_id = parent.org_id
from public.email_campaigns as parent
where parent.id = child.campaign_id and child.org_id is null;
update public.newsletter_issues as child set org_id = parent.org_id
from public.marketing_newsletters as parent
where parent.id = child.newsletter_id and child.org_id is null;
update public.contact_preferences as child set org_id = parent.org_id
from public.contacts as parent
where parent.id = child.contact_id and child.org_id is null;
update public.webinar_registrations as child set org_id = parent.org_id
from public.webinars as parent
where parent.id = child.webinar_id and child.org_id is null;

-- A send that named another owner's contact cannot keep it: the contact was never its owner's to write to.
update public.email_sends as child set contact_id = null
where not exists (
  select from public.contacts as parent where parent.id = child.contact_id and parent.org_id = child.org_id
) and child.contact_id is not null;
update public.webinar_registrations as child set contact_id = null
where not exists (
  select from public.contacts as parent where parent.id = child.contact_id and parent.org_id = child.org_id
) and child.contact_id is not null;

-- Mandatory, indexed, and every reference stays with its owner.
alter table public.lead_scores alter column org_id set not null;
create index idx_lead_scores_org_id on public.lead_scores (org_id);
alter table public.lead_scores drop constraint lead_scores_contact_id_fkey;
alter table public.lead_scores add constraint lead_scores_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade;
alter table public.email_sends alter column org_id set not null;
create index idx_email_sends_org_id on public.email_sends (org_id);
alter table public.email_sends drop constraint email_sends_campaign_id_fkey;
alter table public.email_sends add constraint email_sends_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.email_campaigns (org_id, id) on delete cascade;
alter table public.email_sends drop constraint email_sends_contact_id_fkey;
alter table public.email_sends add constraint email_sends_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id);
alter table public.newsletter_issues alter column org_id set not null;
create index idx_newsletter_issues_org_id on public.newsletter_issues (org_id);
alter table public.newsletter_issues drop constraint newsletter_issues_newsletter_id_fkey;
alter table public.newsletter_issues add constraint newsletter_issues_org_id_newsletter_id_fkey
  foreign key (org_id, newsletter_id) references public.marketing_newsletters (org_id, id) on delete cascade;
alter table public.contact_preferences alter column org_id set not null;
create index idx_contact_preferences_org_id on public.contact_preferences (org_id);
alter table public.contact_preferences drop constraint contact_preferences_contact_id_fkey;
alter table public.contact_preferences add constraint contact_preferences_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade;
alter table public.webinar_registrations alter column org_id set not null;
create index idx_webinar_registrations_org_id on public.webinar_registrations (org_id);
alter table public.webinar_registrations drop constraint webinar_registrations_webinar_id_fkey;
alter table public.webinar_registrations add constraint webinar_registrations_org_id_webinar_id_fkey
  foreign key (org_id, webinar_id) references public.webinars (org_id, id) on delete cascade;
alter table public.webinar_registrations drop constraint webinar_registrations_contact_id_fkey;
alter table public.webinar_registrations add constraint webinar_registrations_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id);
