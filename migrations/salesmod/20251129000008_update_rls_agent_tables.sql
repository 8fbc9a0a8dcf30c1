-- Policies by tenant for the assistant. The legacy ones go in a later step.

create policy agent_settings_tenant_isolation on public.agent_settings for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy agent_runs_tenant_isolation on public.agent_runs for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy agent_memories_tenant_isolation on public.agent_memories for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy agent_drafts_tenant_isolation on public.agent_drafts for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy agent_reviews_tenant_isolation on public.agent_reviews for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy agent_reviews_tenant_insert on public.agent_reviews for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
