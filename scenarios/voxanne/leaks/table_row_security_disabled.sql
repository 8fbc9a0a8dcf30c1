-- Row security is switched off on a table whose policies stay and look as if they worked.
-- system: voxanne
-- class: 1
-- expect: leak read-row on public.outreach_templates at outreach_templates
-- expect: leak insert-row on public.outreach_templates at outreach_templates
-- expect: leak update-row on public.outreach_templates at outreach_templates
-- expect: leak delete-row on public.outreach_templates at outreach_templates
-- note: The immutability trigger still stops a move to another organization.

alter table public.outreach_templates disable row level security;
