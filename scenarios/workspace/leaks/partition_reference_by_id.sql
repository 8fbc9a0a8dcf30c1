-- A partitioned table names its lead by id alone: a message refers to another workspace's lead.
-- system: workspace
-- class: 68
-- expect: leak reference-row on public.channel_outbox at channel_outbox_lead_id_fkey

alter table public.channel_outbox drop constraint channel_outbox_lead_id_fkey;
alter table public.channel_outbox add constraint channel_outbox_lead_id_fkey
  foreign key (lead_id) references public.leads (id) on delete set null;
