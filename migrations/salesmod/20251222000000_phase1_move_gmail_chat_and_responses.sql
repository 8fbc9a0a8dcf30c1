-- Phase 1, weeks 1 and 2: Gmail, chat and the responses to campaigns.

-- 1. The column, and the trigger that fills it for rows written from now on.
alter table public.gmail_messages add column tenant_id uuid references public.tenants (id);
alter table public.gmail_sync_state add column tenant_id uuid references public.tenants (id);
alter table public.chat_messages add column tenant_id uuid references public.tenants (id);
alter table public.embeddings_index add column tenant_id uuid references public.tenants (id);
alter table public.campaign_responses add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_gmail_messages_tenant_id
  before insert or update on public.gmail_messages
  for each row execute function public.set_tenant_id();
create trigger trigger_set_gmail_sync_state_tenant_id
  before insert or update on public.gmail_sync_state
  for each row execute function public.set_tenant_id();
create trigger trigger_set_chat_messages_tenant_id
  before insert or update on public.chat_messages
  for each row execute function public.set_tenant_id();
create trigger trigger_set_embeddings_index_tenant_id
  before insert or update on public.embeddings_index
  for each row execute function public.set_tenant_id();
create trigger trigger_set_campaign_responses_tenant_id
  before insert or update on public.campaign_responses
  for each row execute function public.set_tenant_id();

-- 2. The backfill.
update public.gmail_messages as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.gmail_sync_state as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.chat_messages as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.embeddings_index as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.campaign_responses as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- 3. and 4. Mandatory and indexed.
alter table public.gmail_messages alter column tenant_id set not null;
create index idx_gmail_messages_tenant_id on public.gmail_messages (tenant_id);
alter table public.gmail_sync_state alter column tenant_id set not null;
create index idx_gmail_sync_state_tenant_id on public.gmail_sync_state (tenant_id);
alter table public.chat_messages alter column tenant_id set not null;
create index idx_chat_messages_tenant_id on public.chat_messages (tenant_id);
alter table public.embeddings_index alter column tenant_id set not null;
create index idx_embeddings_index_tenant_id on public.embeddings_index (tenant_id);
alter table public.campaign_responses alter column tenant_id set not null;
create index idx_campaign_responses_tenant_id on public.campaign_responses (tenant_id);

-- What references point at.
alter table public.chat_messages add constraint chat_messages_tenant_id_id_key unique (tenant_id, id);
alter table public.campaigns add constraint campaigns_tenant_id_id_key unique (tenant_id, id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.gmail_messages drop constraint gmail_messages_org_id_contact_id_fkey;
alter table public.gmail_messages add constraint gmail_messages_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete set null (contact_id);
alter table public.gmail_messages drop constraint gmail_messages_org_id_order_id_fkey;
alter table public.gmail_messages add constraint gmail_messages_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete set null (order_id);
alter table public.chat_messages drop constraint chat_messages_org_id_run_id_fkey;
alter table public.chat_messages add constraint chat_messages_tenant_id_run_id_fkey
  foreign key (tenant_id, run_id) references public.agent_runs (tenant_id, id) on delete set null (run_id);
alter table public.embeddings_index drop constraint embeddings_index_org_id_chat_message_id_fkey;
alter table public.embeddings_index add constraint embeddings_index_tenant_id_chat_message_id_fkey
  foreign key (tenant_id, chat_message_id) references public.chat_messages (tenant_id, id) on delete cascade;
alter table public.embeddings_index drop constraint embeddings_index_org_id_order_id_fkey;
alter table public.embeddings_index add constraint embeddings_index_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete cascade;
alter table public.campaign_responses drop constraint campaign_responses_org_id_campaign_id_fkey;
alter table public.campaign_responses add constraint campaign_responses_tenant_id_campaign_id_fkey
  foreign key (tenant_id, campaign_id) references public.campaigns (tenant_id, id) on delete cascade;
alter table public.campaign_responses drop constraint campaign_responses_org_id_contact_id_fkey;
alter table public.campaign_responses add constraint campaign_responses_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;

-- What was unique for a user is unique for the tenant; what two colleagues both used is numbered, the oldest keeps its own.
alter table public.gmail_messages drop constraint gmail_messages_org_id_gmail_id_key;
alter table public.gmail_messages add constraint gmail_messages_tenant_id_org_id_gmail_id_key unique (tenant_id, org_id, gmail_id);
alter table public.gmail_sync_state drop constraint gmail_sync_state_org_id_mailbox_key;
alter table public.gmail_sync_state add constraint gmail_sync_state_tenant_id_org_id_mailbox_key
  unique (tenant_id, org_id, mailbox);
alter table public.embeddings_index drop constraint embeddings_index_org_id_source_type_source_id_content_hash_key;
alter table public.embeddings_index add constraint embeddings_index_tenant_id_source_key
  unique (tenant_id, source_type, source_id, content_hash);

-- 5. The policies: by tenant, and none by org_id is left.
drop policy gmail_messages_own_select on public.gmail_messages;
drop policy gmail_messages_own_insert on public.gmail_messages;
drop policy gmail_messages_own_update on public.gmail_messages;
drop policy gmail_messages_own_delete on public.gmail_messages;
create policy gmail_messages_tenant_isolation on public.gmail_messages for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy gmail_sync_state_own_select on public.gmail_sync_state;
drop policy gmail_sync_state_own_insert on public.gmail_sync_state;
drop policy gmail_sync_state_own_update on public.gmail_sync_state;
create policy gmail_sync_state_tenant_isolation on public.gmail_sync_state for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy chat_messages_own_select on public.chat_messages;
drop policy chat_messages_own_insert on public.chat_messages;
drop policy chat_messages_own_update on public.chat_messages;
drop policy chat_messages_own_delete on public.chat_messages;
create policy chat_messages_tenant_isolation on public.chat_messages for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy embeddings_index_own on public.embeddings_index;
create policy embeddings_index_tenant_isolation on public.embeddings_index for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy campaign_responses_own on public.campaign_responses;
create policy campaign_responses_tenant_isolation on public.campaign_responses for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- 6. Verified before the transaction ends.
do $$
declare
  scoped text;
  missing bigint;
begin
  foreach scoped in array array[
    'gmail_messages', 'gmail_sync_state', 'chat_messages', 'embeddings_index', 'campaign_responses'
  ] loop
    execute format('select count(*) from public.%I where tenant_id is null', scoped) into missing;
    if missing > 0 then
      raise exception '% rows of % have no tenant_id', missing, scoped;
    end if;
  end loop;
end
$$;
