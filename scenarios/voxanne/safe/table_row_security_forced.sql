-- Row security is forced on the owner as well; nothing changes for members.
-- system: voxanne
-- class: 1
-- expect: clean

alter table public.outreach_templates force row level security;
