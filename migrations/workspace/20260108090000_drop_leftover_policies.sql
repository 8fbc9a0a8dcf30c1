-- Mends recommendation 3: the policies from before the template go, and the template goes where it says too little.

-- The policy of the first prototype that shows every test to everybody.
drop policy "Enable read access for all users" on public.ab_tests;

-- The old policies of the tables that the template covers.
do $$
declare
  old record;
begin
  for old in
    select tablename, policyname
    from pg_policies
    where schemaname = 'public' and policyname = tablename || '_workspace'
    order by tablename
  loop
    execute format('drop policy %I on public.%I', old.policyname, old.tablename);
  end loop;
end
$$;
drop policy workspace_isolation on public.asset_approvals;
drop policy message_templates_write on public.message_templates;
drop policy cmo_content_assets_select on public.cmo_content_assets;
drop policy cmo_content_assets_insert on public.cmo_content_assets;
drop policy cmo_content_assets_update on public.cmo_content_assets;
drop policy cmo_content_assets_delete on public.cmo_content_assets;

-- Members are let in and roles are given by administrators, as before.
drop policy workspace_select on public.workspace_members;
drop policy workspace_insert on public.workspace_members;
drop policy workspace_update on public.workspace_members;
drop policy workspace_delete on public.workspace_members;
drop policy workspace_select on public.user_roles;
drop policy workspace_insert on public.user_roles;
drop policy workspace_update on public.user_roles;
drop policy workspace_delete on public.user_roles;

-- Notifications are a user's own inside of the workspace, as before.
drop policy workspace_select on public.notifications;
drop policy workspace_insert on public.notifications;
drop policy workspace_update on public.notifications;
drop policy workspace_delete on public.notifications;

-- Secrets are read by the backend alone: row security without a policy was meant.
drop policy workspace_select on public.integration_credentials;
drop policy workspace_insert on public.integration_credentials;
drop policy workspace_update on public.integration_credentials;
drop policy workspace_delete on public.integration_credentials;
revoke all on public.integration_credentials from authenticated;
