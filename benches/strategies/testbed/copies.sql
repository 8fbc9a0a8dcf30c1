-- The outbox and the leads' activities, and the other layouts as copies: the same rows in the same order.

-- Nearly everything was sent long ago; what waits is young.
insert into heap.channel_outbox (id, workspace_id, lead_id, channel, recipient, subject, body, status, scheduled_at, sent_at, created_at)
select md5('message ' || number)::uuid, workspace_id, md5('lead ' || number)::uuid, 'email', 'Lead' || number || '@example.com',
  'A word about your order', repeat('Thank you for your interest. ', 4),
  case
    when age < 0.05 and chance < 0.3 then 'pending'
    when age < 0.05 and chance < 0.6 then 'scheduled'
    when chance < 0.01 then 'failed'
    when chance < 0.3 then 'sent'
    else 'delivered'
  end,
  timestamptz '2026-01-01 00:00Z' - age * 365 * interval '1 day' + pg_temp.part(number, 5) * interval '2 hours',
  case when age >= 0.05 then timestamptz '2026-01-01 00:00Z' - age * 365 * interval '1 day' end,
  timestamptz '2026-01-01 00:00Z' - age * 365 * interval '1 day'
from arrivals order by number;

insert into strategies.lead_activities (id, workspace_id, lead_id, kind, body, occurred_at)
select md5('activity ' || number || ' ' || visit)::uuid, workspace_id, md5('lead ' || number)::uuid,
  (array['note', 'call', 'email', 'meeting'])[1 + (number + visit) % 4], 'Spoke about the offer.',
  timestamptz '2026-01-01 00:00Z' - age * 365 * interval '1 day' + visit * interval '1 hour'
from arrivals, generate_series(1, 1 + (number % 3)::int / 2) as visit
order by number;

insert into enumerated.leads select * from heap.leads;
alter table enumerated.leads alter status type public.lead_status using status::public.lead_status;
insert into enumerated.channel_outbox select * from heap.channel_outbox;
alter table enumerated.channel_outbox alter status drop default,
  alter status type enumerated.outbox_status using status::enumerated.outbox_status;
insert into hashed.leads select * from heap.leads;
insert into hashed.channel_outbox select * from heap.channel_outbox;
