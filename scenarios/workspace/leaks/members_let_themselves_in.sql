-- Whoever signs in may write a membership for itself, in whichever workspace it names.
-- system: workspace
-- class: 38
-- expect: leak insert-row on public.workspace_members at workspace_members_join
-- note: The first of two steps: with the membership, every table of the workspace opens.

create policy workspace_members_join on public.workspace_members
  for insert to authenticated
  with check (user_id = (select auth.uid()));
