-- Members are let in by administrators, and nobody but an owner makes owners.
-- system: workspace
-- class: 38
-- expect: clean

create policy workspace_members_no_new_owner on public.workspace_members
  as restrictive for insert to authenticated
  with check (role <> 'owner' or user_id <> (select auth.uid()));
