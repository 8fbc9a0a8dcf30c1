-- A second unique key is finer, and begins with the organization like the first.
-- system: voxanne
-- class: 71
-- expect: clean

create unique index processed_webhook_events_org_source_event_key
  on public.processed_webhook_events (org_id, source, event_id);
