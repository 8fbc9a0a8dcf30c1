-- References and unique keys follow the rows: by tenant wherever both ends have moved.
-- To tables that have not moved they stay with the user, so that no reference crosses tenants in between.

-- What references point at.
alter table public.clients add constraint clients_tenant_id_id_key unique (tenant_id, id);
alter table public.properties add constraint properties_tenant_id_id_key unique (tenant_id, id);
alter table public.kanban_boards add constraint kanban_boards_tenant_id_id_key unique (tenant_id, id);
alter table public.kanban_columns add constraint kanban_columns_tenant_id_id_key unique (tenant_id, id);
alter table public.orders add constraint orders_tenant_id_id_key unique (tenant_id, id);
alter table public.production_templates add constraint production_templates_tenant_id_id_key unique (tenant_id, id);
alter table public.production_template_tasks add constraint production_template_tasks_tenant_id_id_key unique (tenant_id, id);
alter table public.production_cards add constraint production_cards_tenant_id_id_key unique (tenant_id, id);
alter table public.production_resources add constraint production_resources_tenant_id_id_key unique (tenant_id, id);
alter table public.production_tasks add constraint production_tasks_tenant_id_id_key unique (tenant_id, id);
alter table public.jobs add constraint jobs_tenant_id_id_key unique (tenant_id, id);
alter table public.job_tasks add constraint job_tasks_tenant_id_id_key unique (tenant_id, id);
alter table public.agent_runs add constraint agent_runs_tenant_id_id_key unique (tenant_id, id);
alter table public.webinars add constraint webinars_tenant_id_id_key unique (tenant_id, id);
alter table public.invoices add constraint invoices_tenant_id_id_key unique (tenant_id, id);
alter table public.products add constraint products_tenant_id_id_key unique (tenant_id, id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.orders drop constraint orders_org_id_client_id_fkey;
alter table public.orders add constraint orders_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete set null (client_id);
alter table public.orders drop constraint orders_org_id_property_id_fkey;
alter table public.orders add constraint orders_tenant_id_property_id_fkey
  foreign key (tenant_id, property_id) references public.properties (tenant_id, id) on delete set null (property_id);
alter table public.contact_companies drop constraint contact_companies_org_id_client_id_fkey;
alter table public.contact_companies add constraint contact_companies_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete cascade;
alter table public.kanban_columns drop constraint kanban_columns_org_id_board_id_fkey;
alter table public.kanban_columns add constraint kanban_columns_tenant_id_board_id_fkey
  foreign key (tenant_id, board_id) references public.kanban_boards (tenant_id, id) on delete cascade;
alter table public.kanban_cards drop constraint kanban_cards_org_id_column_id_fkey;
alter table public.kanban_cards add constraint kanban_cards_tenant_id_column_id_fkey
  foreign key (tenant_id, column_id) references public.kanban_columns (tenant_id, id) on delete cascade;
alter table public.kanban_cards drop constraint kanban_cards_org_id_order_id_fkey;
alter table public.kanban_cards add constraint kanban_cards_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete set null (order_id);
alter table public.production_template_tasks drop constraint production_template_tasks_org_id_template_id_fkey;
alter table public.production_template_tasks add constraint production_template_tasks_tenant_id_template_id_fkey
  foreign key (tenant_id, template_id) references public.production_templates (tenant_id, id) on delete cascade;
alter table public.production_template_subtasks drop constraint production_template_subtasks_org_id_template_task_id_fkey;
alter table public.production_template_subtasks add constraint production_template_subtasks_tenant_id_template_task_id_fkey
  foreign key (tenant_id, template_task_id) references public.production_template_tasks (tenant_id, id)
  on delete cascade;
alter table public.production_cards drop constraint production_cards_org_id_order_id_fkey;
alter table public.production_cards add constraint production_cards_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete cascade;
alter table public.production_cards drop constraint production_cards_org_id_template_id_fkey;
alter table public.production_cards add constraint production_cards_tenant_id_template_id_fkey
  foreign key (tenant_id, template_id) references public.production_templates (tenant_id, id) on delete set null (template_id);
alter table public.production_tasks drop constraint production_tasks_org_id_card_id_fkey;
alter table public.production_tasks add constraint production_tasks_tenant_id_card_id_fkey
  foreign key (tenant_id, card_id) references public.production_cards (tenant_id, id) on delete cascade;
alter table public.production_tasks drop constraint production_tasks_org_id_resource_id_fkey;
alter table public.production_tasks add constraint production_tasks_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.production_resources (tenant_id, id) on delete set null (resource_id);
alter table public.production_tasks drop constraint production_tasks_org_id_template_task_id_fkey;
alter table public.production_tasks add constraint production_tasks_tenant_id_template_task_id_fkey
  foreign key (tenant_id, template_task_id) references public.production_template_tasks (tenant_id, id)
  on delete set null (template_task_id);
alter table public.production_time_entries drop constraint production_time_entries_org_id_task_id_fkey;
alter table public.production_time_entries add constraint production_time_entries_tenant_id_task_id_fkey
  foreign key (tenant_id, task_id) references public.production_tasks (tenant_id, id) on delete cascade;
alter table public.production_time_entries drop constraint production_time_entries_org_id_resource_id_fkey;
alter table public.production_time_entries add constraint production_time_entries_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.production_resources (tenant_id, id) on delete set null (resource_id);
alter table public.production_alerts drop constraint production_alerts_org_id_task_id_fkey;
alter table public.production_alerts add constraint production_alerts_tenant_id_task_id_fkey
  foreign key (tenant_id, task_id) references public.production_tasks (tenant_id, id) on delete cascade;
alter table public.production_alerts drop constraint production_alerts_org_id_card_id_fkey;
alter table public.production_alerts add constraint production_alerts_tenant_id_card_id_fkey
  foreign key (tenant_id, card_id) references public.production_cards (tenant_id, id) on delete cascade;
alter table public.jobs drop constraint jobs_org_id_client_id_fkey;
alter table public.jobs add constraint jobs_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete set null (client_id);
alter table public.job_tasks drop constraint job_tasks_org_id_job_id_fkey;
alter table public.job_tasks add constraint job_tasks_tenant_id_job_id_fkey
  foreign key (tenant_id, job_id) references public.jobs (tenant_id, id) on delete cascade;
alter table public.job_tasks drop constraint job_tasks_org_id_depends_on_id_fkey;
alter table public.job_tasks add constraint job_tasks_tenant_id_depends_on_id_fkey
  foreign key (tenant_id, depends_on_id) references public.job_tasks (tenant_id, id) on delete set null (depends_on_id);
alter table public.job_tasks drop constraint job_tasks_org_id_order_id_fkey;
alter table public.job_tasks add constraint job_tasks_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete set null (order_id);
alter table public.agent_runs drop constraint agent_runs_org_id_order_id_fkey;
alter table public.agent_runs add constraint agent_runs_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete set null (order_id);
alter table public.agent_runs drop constraint agent_runs_org_id_parent_run_id_fkey;
alter table public.agent_runs add constraint agent_runs_tenant_id_parent_run_id_fkey
  foreign key (tenant_id, parent_run_id) references public.agent_runs (tenant_id, id) on delete set null (parent_run_id);
alter table public.agent_drafts drop constraint agent_drafts_org_id_run_id_fkey;
alter table public.agent_drafts add constraint agent_drafts_tenant_id_run_id_fkey
  foreign key (tenant_id, run_id) references public.agent_runs (tenant_id, id) on delete set null (run_id);
alter table public.agent_reviews drop constraint agent_reviews_org_id_run_id_fkey;
alter table public.agent_reviews add constraint agent_reviews_tenant_id_run_id_fkey
  foreign key (tenant_id, run_id) references public.agent_runs (tenant_id, id) on delete cascade;
alter table public.webinar_registrations drop constraint webinar_registrations_org_id_webinar_id_fkey;
alter table public.webinar_registrations add constraint webinar_registrations_tenant_id_webinar_id_fkey
  foreign key (tenant_id, webinar_id) references public.webinars (tenant_id, id) on delete cascade;
alter table public.invoices drop constraint invoices_org_id_client_id_fkey;
alter table public.invoices add constraint invoices_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete restrict;
alter table public.invoices drop constraint invoices_org_id_order_id_fkey;
alter table public.invoices add constraint invoices_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete set null (order_id);
alter table public.invoice_line_items drop constraint invoice_line_items_org_id_invoice_id_fkey;
alter table public.invoice_line_items add constraint invoice_line_items_tenant_id_invoice_id_fkey
  foreign key (tenant_id, invoice_id) references public.invoices (tenant_id, id) on delete cascade;
alter table public.invoice_line_items drop constraint invoice_line_items_org_id_product_id_fkey;
alter table public.invoice_line_items add constraint invoice_line_items_tenant_id_product_id_fkey
  foreign key (tenant_id, product_id) references public.products (tenant_id, id) on delete set null (product_id);
alter table public.field_service_requests drop constraint field_service_requests_org_id_client_id_fkey;
alter table public.field_service_requests add constraint field_service_requests_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete set null (client_id);
alter table public.field_service_requests drop constraint field_service_requests_org_id_property_id_fkey;
alter table public.field_service_requests add constraint field_service_requests_tenant_id_property_id_fkey
  foreign key (tenant_id, property_id) references public.properties (tenant_id, id) on delete set null (property_id);
alter table public.field_service_requests drop constraint field_service_requests_org_id_order_id_fkey;
alter table public.field_service_requests add constraint field_service_requests_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete set null (order_id);

-- What was unique for a user is unique for the tenant; what two colleagues both used is numbered, the oldest keeps its own.
update public.properties as t set parcel_number = t.parcel_number || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, parcel_number order by created_at, id) as number from public.properties
) as same
where same.id = t.id and same.number > 1 and t.parcel_number is not null;
alter table public.properties drop constraint properties_org_id_parcel_number_key;
alter table public.properties add constraint properties_tenant_id_parcel_number_key unique (tenant_id, parcel_number);
update public.orders as t set order_number = t.order_number || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, order_number order by created_at, id) as number from public.orders
) as same
where same.id = t.id and same.number > 1;
alter table public.orders drop constraint orders_org_id_order_number_key;
alter table public.orders add constraint orders_tenant_id_order_number_key unique (tenant_id, order_number);
alter table public.contact_companies drop constraint contact_companies_org_id_contact_id_client_id_key;
alter table public.contact_companies add constraint contact_companies_tenant_id_contact_id_client_id_key
  unique (tenant_id, contact_id, client_id);
update public.kanban_boards as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.kanban_boards
) as same
where same.id = t.id and same.number > 1;
alter table public.kanban_boards drop constraint kanban_boards_org_id_name_key;
alter table public.kanban_boards add constraint kanban_boards_tenant_id_name_key unique (tenant_id, name);
alter table public.kanban_columns drop constraint kanban_columns_org_id_board_id_position_key;
alter table public.kanban_columns add constraint kanban_columns_tenant_id_board_id_position_key
  unique (tenant_id, board_id, position);
update public.production_templates as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name, version order by created_at, id) as number from public.production_templates
) as same
where same.id = t.id and same.number > 1;
alter table public.production_templates drop constraint production_templates_org_id_name_version_key;
alter table public.production_templates add constraint production_templates_tenant_id_name_version_key
  unique (tenant_id, name, version);
alter table public.production_cards drop constraint production_cards_org_id_order_id_key;
alter table public.production_cards add constraint production_cards_tenant_id_order_id_key unique (tenant_id, order_id);
update public.jobs as t set job_code = t.job_code || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, job_code order by created_at, id) as number from public.jobs
) as same
where same.id = t.id and same.number > 1;
alter table public.jobs drop constraint jobs_org_id_job_code_key;
alter table public.jobs add constraint jobs_tenant_id_job_code_key unique (tenant_id, job_code);
update public.agent_settings as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.agent_settings
) as same
where same.id = t.id and same.number > 1;
alter table public.agent_settings drop constraint agent_settings_org_id_name_key;
alter table public.agent_settings add constraint agent_settings_tenant_id_name_key unique (tenant_id, name);
update public.agent_memories as t set memory_key = t.memory_key || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, scope, memory_key order by created_at, id) as number from public.agent_memories
) as same
where same.id = t.id and same.number > 1;
alter table public.agent_memories drop constraint agent_memories_org_id_scope_memory_key_key;
alter table public.agent_memories add constraint agent_memories_tenant_id_scope_memory_key_key
  unique (tenant_id, scope, memory_key);
update public.campaigns as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.campaigns
) as same
where same.id = t.id and same.number > 1;
alter table public.campaigns drop constraint campaigns_org_id_name_key;
alter table public.campaigns add constraint campaigns_tenant_id_name_key unique (tenant_id, name);
update public.products as t set sku = t.sku || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, sku order by created_at, id) as number from public.products
) as same
where same.id = t.id and same.number > 1;
alter table public.products drop constraint products_org_id_sku_key;
alter table public.products add constraint products_tenant_id_sku_key unique (tenant_id, sku);
update public.invoices as t set invoice_number = t.invoice_number || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, invoice_number order by created_at, id) as number from public.invoices
) as same
where same.id = t.id and same.number > 1;
alter table public.invoices drop constraint invoices_org_id_invoice_number_key;
alter table public.invoices add constraint invoices_tenant_id_invoice_number_key unique (tenant_id, invoice_number);
alter table public.oauth_tokens drop constraint oauth_tokens_org_id_provider_account_email_key;
alter table public.oauth_tokens add constraint oauth_tokens_tenant_id_org_id_provider_account_email_key
  unique (tenant_id, org_id, provider, account_email);
update public.field_service_requests as t set request_number = t.request_number || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, request_number order by created_at, id) as number from public.field_service_requests
) as same
where same.id = t.id and same.number > 1;
alter table public.field_service_requests drop constraint field_service_requests_org_id_request_number_key;
alter table public.field_service_requests add constraint field_service_requests_tenant_id_request_number_key
  unique (tenant_id, request_number);
