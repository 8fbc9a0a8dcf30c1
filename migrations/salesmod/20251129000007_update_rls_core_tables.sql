-- Policies by tenant for core, production and kanban, and jobs. The legacy ones go in a later step.
-- contacts keeps its policies by user: it has no tenant_id yet.

create policy clients_tenant_isolation on public.clients for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy properties_tenant_isolation on public.properties for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy orders_tenant_isolation on public.orders for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy contact_companies_tenant_isolation on public.contact_companies for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy kanban_boards_tenant_isolation on public.kanban_boards for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy kanban_columns_tenant_isolation on public.kanban_columns for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy kanban_cards_tenant_isolation on public.kanban_cards for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_templates_tenant_isolation on public.production_templates for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_template_tasks_tenant_isolation on public.production_template_tasks for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_template_subtasks_tenant_isolation on public.production_template_subtasks for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_cards_tenant_isolation on public.production_cards for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_resources_tenant_isolation on public.production_resources for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_tasks_tenant_isolation on public.production_tasks for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_time_entries_tenant_isolation on public.production_time_entries for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy production_alerts_tenant_isolation on public.production_alerts for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy jobs_tenant_isolation on public.jobs for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy job_tasks_tenant_isolation on public.job_tasks for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
