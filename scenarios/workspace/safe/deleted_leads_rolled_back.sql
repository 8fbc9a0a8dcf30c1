-- The way back from recommendation 10: nothing that was deleted is seen again, by nobody.
-- system: workspace
-- through: 20260324090000_run_active_views_as_caller
-- expect: clean

drop view public.leads_active;
drop view public.deals_active;

delete from public.tasks where deleted_at is not null;
delete from public.deals where deleted_at is not null;
delete from public.assets where deleted_at is not null;
delete from public.cmo_campaigns where deleted_at is not null;
delete from public.campaigns where deleted_at is not null;
delete from public.leads where deleted_at is not null;
delete from public.contacts where deleted_at is not null;
delete from public.companies where deleted_at is not null;

alter table public.leads drop column deleted_at;
alter table public.contacts drop column deleted_at;
alter table public.companies drop column deleted_at;
alter table public.campaigns drop column deleted_at;
alter table public.cmo_campaigns drop column deleted_at;
alter table public.assets drop column deleted_at;
alter table public.deals drop column deleted_at;
alter table public.tasks drop column deleted_at;
