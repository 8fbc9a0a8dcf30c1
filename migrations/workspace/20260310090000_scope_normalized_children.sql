-- Mends recommendation 7: two of the children carry the workspace themselves, and two are asked for through their parent.

alter table public.business_profile_audiences add column workspace_id uuid references public.workspaces (id) on delete cascade;
update public.business_profile_audiences as child
set workspace_id = parent.workspace_id
from public.business_profiles as parent
where parent.id = child.profile_id;
alter table public.business_profile_audiences alter column workspace_id set not null;
alter table public.business_profile_audiences drop constraint business_profile_audiences_profile_id_fkey;
alter table public.business_profile_audiences add constraint business_profile_audiences_profile_id_fkey
  foreign key (workspace_id, profile_id) references public.business_profiles (workspace_id, id) on delete cascade;
create index idx_business_profile_audiences_workspace_id on public.business_profile_audiences (workspace_id);
alter table public.business_profile_audiences enable row level security;
create policy workspace_select on public.business_profile_audiences
  for select using (public.user_has_workspace_access(workspace_id));
create policy workspace_insert on public.business_profile_audiences
  for insert with check (public.user_has_workspace_access(workspace_id));
create policy workspace_update on public.business_profile_audiences
  for update using (public.user_has_workspace_access(workspace_id));
create policy workspace_delete on public.business_profile_audiences
  for delete using (public.user_has_workspace_access(workspace_id));

alter table public.business_profile_colors add column workspace_id uuid references public.workspaces (id) on delete cascade;
update public.business_profile_colors as child
set workspace_id = parent.workspace_id
from public.business_profiles as parent
where parent.id = child.profile_id;
alter table public.business_profile_colors alter column workspace_id set not null;
alter table public.business_profile_colors drop constraint business_profile_colors_profile_id_fkey;
alter table public.business_profile_colors add constraint business_profile_colors_profile_id_fkey
  foreign key (workspace_id, profile_id) references public.business_profiles (workspace_id, id) on delete cascade;
create index idx_business_profile_colors_workspace_id on public.business_profile_colors (workspace_id);
alter table public.business_profile_colors enable row level security;
create policy workspace_select on public.business_profile_colors
  for select using (public.user_has_workspace_access(workspace_id));
create policy workspace_insert on public.business_profile_colors
  for insert with check (public.user_has_workspace_access(workspace_id));
create policy workspace_update on public.business_profile_colors
  for update using (public.user_has_workspace_access(workspace_id));
create policy workspace_delete on public.business_profile_colors
  for delete using (public.user_has_workspace_access(workspace_id));

alter table public.campaign_channels enable row level security;
create policy campaign_channels_by_campaign on public.campaign_channels
  for all
  using (
    exists (
      select
      from public.cmo_campaigns as campaign
      where campaign.id = campaign_channels.campaign_id and public.user_has_workspace_access(campaign.workspace_id)
    )
  );

alter table public.asset_recipients enable row level security;
create policy asset_recipients_by_asset on public.asset_recipients
  for all
  using (
    exists (
      select
      from public.assets as asset
      where asset.id = asset_recipients.asset_id and public.user_has_workspace_access(asset.workspace_id)
    )
  );

revoke all on
  public.business_profile_audiences, public.business_profile_colors, public.campaign_channels, public.asset_recipients
  from anon;
revoke truncate, references, trigger on
  public.business_profile_audiences, public.business_profile_colors, public.campaign_channels, public.asset_recipients
  from authenticated;
