-- A webhook event is unique in the whole product again: a taken id tells that another organization has it, and silences one's own event.
-- system: voxanne
-- class: 71
-- expect: leak unique-key on public.processed_webhook_events at processed_webhook_events_event_id_key

drop index public.idx_processed_webhook_events_org_event;
alter table public.processed_webhook_events add constraint processed_webhook_events_event_id_key unique (event_id);
