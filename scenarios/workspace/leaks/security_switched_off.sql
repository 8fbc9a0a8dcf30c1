-- Row security is switched off on a table whose policies stay and look as if they worked.
-- system: workspace
-- class: 2
-- expect: leak read-row on public.asset_approvals at row-level security

alter table public.asset_approvals disable row level security;
