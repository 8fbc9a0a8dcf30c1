-- Phase 1, step 4: a webhook event is unique within its organization, so that one organization's event never silences another's.

alter table public.processed_webhook_events add column org_id uuid;

update public.processed_webhook_events
set org_id = 'a0000000-0000-0000-0000-000000000001'
where org_id is null;

alter table public.processed_webhook_events alter column org_id set not null;
alter table public.processed_webhook_events add constraint chk_processed_webhook_events_org_id_present check (org_id is not null);
alter table public.processed_webhook_events add constraint fk_processed_webhook_events_org_id
  foreign key (org_id) references public.organizations (id) on delete cascade;

alter table public.processed_webhook_events drop constraint processed_webhook_events_event_id_key;
create unique index idx_processed_webhook_events_org_event on public.processed_webhook_events (org_id, event_id);

create trigger org_id_immutable_processed_webhook_events
  before update on public.processed_webhook_events
  for each row execute function public.prevent_org_id_change();

create policy processed_webhook_events_org on public.processed_webhook_events
  for all to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));
