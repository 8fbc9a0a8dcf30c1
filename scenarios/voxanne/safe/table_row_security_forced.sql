-- Row security is forced on the owner as well; nothing changes for members.
-- system: voxanne
-- expect: clean

alter table public.outreach_templates force row level security;
