-- Mends the references that name their parent by id alone: a row only refers to rows of its own workspace.
-- A reference across workspaces that was made before stops this migration; it has to be looked at, not guessed.

alter table public.lead_list_members drop constraint lead_list_members_lead_id_fkey;
alter table public.lead_list_members add constraint lead_list_members_lead_id_fkey
  foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete cascade;
alter table public.deals drop constraint deals_lead_id_fkey;
alter table public.deals add constraint deals_lead_id_fkey
  foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete set null (lead_id);
alter table public.quotes drop constraint quotes_deal_id_fkey;
alter table public.quotes add constraint quotes_deal_id_fkey
  foreign key (workspace_id, deal_id) references public.deals (workspace_id, id) on delete cascade;
alter table public.channel_outbox drop constraint channel_outbox_lead_id_fkey;
alter table public.channel_outbox add constraint channel_outbox_lead_id_fkey
  foreign key (workspace_id, lead_id) references public.leads (workspace_id, id) on delete set null (lead_id);
alter table public.cmo_content_assets drop constraint cmo_content_assets_campaign_id_fkey;
alter table public.cmo_content_assets add constraint cmo_content_assets_campaign_id_fkey
  foreign key (workspace_id, campaign_id) references public.cmo_campaigns (workspace_id, id) on delete set null (campaign_id);
