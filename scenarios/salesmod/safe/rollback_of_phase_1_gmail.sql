-- The way back from the move of Gmail, chat and responses leaves them with their users: nothing is opened.
-- system: salesmod
-- through: 20251222000000
-- expect: clean
-- note: The text is that of migrations/salesmod/down/20251222000000_phase1_move_gmail_chat_and_responses.sql.

-- 5. The policies by user.
drop policy gmail_messages_tenant_isolation on public.gmail_messages;
create policy gmail_messages_own_select on public.gmail_messages
  for select to authenticated
  using (auth.uid() = org_id);
create policy gmail_messages_own_insert on public.gmail_messages
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy gmail_messages_own_update on public.gmail_messages
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy gmail_messages_own_delete on public.gmail_messages
  for delete to authenticated
  using (auth.uid() = org_id);
drop policy gmail_sync_state_tenant_isolation on public.gmail_sync_state;
create policy gmail_sync_state_own_select on public.gmail_sync_state
  for select to authenticated
  using (auth.uid() = org_id);
create policy gmail_sync_state_own_insert on public.gmail_sync_state
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy gmail_sync_state_own_update on public.gmail_sync_state
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
drop policy chat_messages_tenant_isolation on public.chat_messages;
create policy chat_messages_own_select on public.chat_messages
  for select to authenticated
  using (auth.uid() = org_id);
create policy chat_messages_own_insert on public.chat_messages
  for insert to authenticated
  with check (auth.uid() = org_id);
create policy chat_messages_own_update on public.chat_messages
  for update to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
create policy chat_messages_own_delete on public.chat_messages
  for delete to authenticated
  using (auth.uid() = org_id);
drop policy embeddings_index_tenant_isolation on public.embeddings_index;
create policy embeddings_index_own on public.embeddings_index
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);
drop policy campaign_responses_tenant_isolation on public.campaign_responses;
create policy campaign_responses_own on public.campaign_responses
  for all to authenticated
  using (auth.uid() = org_id)
  with check (auth.uid() = org_id);

-- The references and the keys by user.
alter table public.gmail_messages drop constraint gmail_messages_tenant_id_contact_id_fkey;
alter table public.gmail_messages add constraint gmail_messages_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id)
  on delete set null (contact_id) not valid;
alter table public.gmail_messages drop constraint gmail_messages_tenant_id_order_id_fkey;
alter table public.gmail_messages add constraint gmail_messages_org_id_order_id_fkey
  foreign key (org_id, order_id) references public.orders (org_id, id)
  on delete set null (order_id) not valid;
alter table public.chat_messages drop constraint chat_messages_tenant_id_run_id_fkey;
alter table public.chat_messages add constraint chat_messages_org_id_run_id_fkey
  foreign key (org_id, run_id) references public.agent_runs (org_id, id)
  on delete set null (run_id) not valid;
alter table public.embeddings_index drop constraint embeddings_index_tenant_id_chat_message_id_fkey;
alter table public.embeddings_index add constraint embeddings_index_org_id_chat_message_id_fkey
  foreign key (org_id, chat_message_id) references public.chat_messages (org_id, id)
  on delete cascade not valid;
alter table public.embeddings_index drop constraint embeddings_index_tenant_id_order_id_fkey;
alter table public.embeddings_index add constraint embeddings_index_org_id_order_id_fkey
  foreign key (org_id, order_id) references public.orders (org_id, id)
  on delete cascade not valid;
alter table public.campaign_responses drop constraint campaign_responses_tenant_id_campaign_id_fkey;
alter table public.campaign_responses add constraint campaign_responses_org_id_campaign_id_fkey
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id)
  on delete cascade not valid;
alter table public.campaign_responses drop constraint campaign_responses_tenant_id_contact_id_fkey;
alter table public.campaign_responses add constraint campaign_responses_org_id_contact_id_fkey
  foreign key (org_id, contact_id) references public.contacts (org_id, id)
  on delete cascade not valid;
alter table public.chat_messages drop constraint chat_messages_tenant_id_id_key;
alter table public.campaigns drop constraint campaigns_tenant_id_id_key;
alter table public.gmail_messages drop constraint gmail_messages_tenant_id_org_id_gmail_id_key;
alter table public.gmail_messages add constraint gmail_messages_org_id_gmail_id_key
  unique (org_id, gmail_id);
alter table public.gmail_sync_state drop constraint gmail_sync_state_tenant_id_org_id_mailbox_key;
alter table public.gmail_sync_state add constraint gmail_sync_state_org_id_mailbox_key
  unique (org_id, mailbox);
alter table public.embeddings_index drop constraint embeddings_index_tenant_id_source_key;
alter table public.embeddings_index add constraint embeddings_index_org_id_source_type_source_id_content_hash_key
  unique (org_id, source_type, source_id, content_hash);

-- 1. The triggers and the columns, and with them the indexes.
drop trigger trigger_set_gmail_messages_tenant_id on public.gmail_messages;
alter table public.gmail_messages drop column tenant_id;
drop trigger trigger_set_gmail_sync_state_tenant_id on public.gmail_sync_state;
alter table public.gmail_sync_state drop column tenant_id;
drop trigger trigger_set_chat_messages_tenant_id on public.chat_messages;
alter table public.chat_messages drop column tenant_id;
drop trigger trigger_set_embeddings_index_tenant_id on public.embeddings_index;
alter table public.embeddings_index drop column tenant_id;
drop trigger trigger_set_campaign_responses_tenant_id on public.campaign_responses;
alter table public.campaign_responses drop column tenant_id;
