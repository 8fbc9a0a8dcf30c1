-- A condition that compares a column with itself is true for every row.
-- system: voxanne
-- class: 10
-- expect: leak read-row on public.embeddings at embeddings_org_select

drop policy embeddings_org on public.embeddings;

create policy embeddings_org_select on public.embeddings
  for select to authenticated
  using (org_id = org_id);

create policy embeddings_org_insert on public.embeddings
  for insert to authenticated
  with check (org_id = (select public.auth_org_id()));

create policy embeddings_org_update on public.embeddings
  for update to authenticated
  using (org_id = (select public.auth_org_id()))
  with check (org_id = (select public.auth_org_id()));

create policy embeddings_org_delete on public.embeddings
  for delete to authenticated
  using (org_id = (select public.auth_org_id()));
