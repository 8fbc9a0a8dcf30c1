-- Phase 2: business tables, the core of field service, and integrations.

-- 1. The column, and the trigger that fills it for rows written from now on.
alter table public.property_units add column tenant_id uuid references public.tenants (id);
alter table public.party_roles add column tenant_id uuid references public.tenants (id);
alter table public.email_notifications add column tenant_id uuid references public.tenants (id);
alter table public.validation_logs add column tenant_id uuid references public.tenants (id);
alter table public.bookings add column tenant_id uuid references public.tenants (id);
alter table public.bookable_resources add column tenant_id uuid references public.tenants (id);
alter table public.service_territories add column tenant_id uuid references public.tenants (id);
alter table public.service_types add column tenant_id uuid references public.tenants (id);
alter table public.field_notifications add column tenant_id uuid references public.tenants (id);
alter table public.equipment add column tenant_id uuid references public.tenants (id);
alter table public.webhooks add column tenant_id uuid references public.tenants (id);
alter table public.api_keys add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_property_units_tenant_id
  before insert or update on public.property_units
  for each row execute function public.set_tenant_id();
create trigger trigger_set_party_roles_tenant_id
  before insert or update on public.party_roles
  for each row execute function public.set_tenant_id();
create trigger trigger_set_email_notifications_tenant_id
  before insert or update on public.email_notifications
  for each row execute function public.set_tenant_id();
create trigger trigger_set_validation_logs_tenant_id
  before insert or update on public.validation_logs
  for each row execute function public.set_tenant_id();
create trigger trigger_set_bookings_tenant_id
  before insert or update on public.bookings
  for each row execute function public.set_tenant_id();
create trigger trigger_set_bookable_resources_tenant_id
  before insert or update on public.bookable_resources
  for each row execute function public.set_tenant_id();
create trigger trigger_set_service_territories_tenant_id
  before insert or update on public.service_territories
  for each row execute function public.set_tenant_id();
create trigger trigger_set_service_types_tenant_id
  before insert or update on public.service_types
  for each row execute function public.set_tenant_id();
create trigger trigger_set_field_notifications_tenant_id
  before insert or update on public.field_notifications
  for each row execute function public.set_tenant_id();
create trigger trigger_set_equipment_tenant_id
  before insert or update on public.equipment
  for each row execute function public.set_tenant_id();
create trigger trigger_set_webhooks_tenant_id
  before insert or update on public.webhooks
  for each row execute function public.set_tenant_id();
create trigger trigger_set_api_keys_tenant_id
  before insert or update on public.api_keys
  for each row execute function public.set_tenant_id();

-- 2. The backfill.
update public.property_units as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.party_roles as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.email_notifications as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.validation_logs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.bookings as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.bookable_resources as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.service_territories as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.service_types as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.field_notifications as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.equipment as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.webhooks as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.api_keys as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- 3. and 4. Mandatory and indexed.
alter table public.property_units alter column tenant_id set not null;
create index idx_property_units_tenant_id on public.property_units (tenant_id);
alter table public.party_roles alter column tenant_id set not null;
create index idx_party_roles_tenant_id on public.party_roles (tenant_id);
alter table public.email_notifications alter column tenant_id set not null;
create index idx_email_notifications_tenant_id on public.email_notifications (tenant_id);
alter table public.validation_logs alter column tenant_id set not null;
create index idx_validation_logs_tenant_id on public.validation_logs (tenant_id);
alter table public.bookings alter column tenant_id set not null;
create index idx_bookings_tenant_id on public.bookings (tenant_id);
alter table public.bookable_resources alter column tenant_id set not null;
create index idx_bookable_resources_tenant_id on public.bookable_resources (tenant_id);
alter table public.service_territories alter column tenant_id set not null;
create index idx_service_territories_tenant_id on public.service_territories (tenant_id);
alter table public.service_types alter column tenant_id set not null;
create index idx_service_types_tenant_id on public.service_types (tenant_id);
alter table public.field_notifications alter column tenant_id set not null;
create index idx_field_notifications_tenant_id on public.field_notifications (tenant_id);
alter table public.equipment alter column tenant_id set not null;
create index idx_equipment_tenant_id on public.equipment (tenant_id);
alter table public.webhooks alter column tenant_id set not null;
create index idx_webhooks_tenant_id on public.webhooks (tenant_id);
alter table public.api_keys alter column tenant_id set not null;
create index idx_api_keys_tenant_id on public.api_keys (tenant_id);

-- What references point at.
alter table public.field_service_requests add constraint field_service_requests_tenant_id_id_key unique (tenant_id, id);
alter table public.bookable_resources add constraint bookable_resources_tenant_id_id_key unique (tenant_id, id);
alter table public.service_types add constraint service_types_tenant_id_id_key unique (tenant_id, id);
alter table public.service_territories add constraint service_territories_tenant_id_id_key unique (tenant_id, id);
alter table public.bookings add constraint bookings_tenant_id_id_key unique (tenant_id, id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.property_units drop constraint property_units_org_id_property_id_fkey;
alter table public.property_units add constraint property_units_tenant_id_property_id_fkey
  foreign key (tenant_id, property_id) references public.properties (tenant_id, id) on delete cascade;
alter table public.party_roles drop constraint party_roles_org_id_order_id_fkey;
alter table public.party_roles add constraint party_roles_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete cascade;
alter table public.party_roles drop constraint party_roles_org_id_contact_id_fkey;
alter table public.party_roles add constraint party_roles_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;
alter table public.email_notifications drop constraint email_notifications_org_id_order_id_fkey;
alter table public.email_notifications add constraint email_notifications_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete cascade;
alter table public.email_notifications drop constraint email_notifications_org_id_contact_id_fkey;
alter table public.email_notifications add constraint email_notifications_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete set null (contact_id);
alter table public.validation_logs drop constraint validation_logs_org_id_order_id_fkey;
alter table public.validation_logs add constraint validation_logs_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete cascade;
alter table public.bookings drop constraint bookings_org_id_request_id_fkey;
alter table public.bookings add constraint bookings_tenant_id_request_id_fkey
  foreign key (tenant_id, request_id) references public.field_service_requests (tenant_id, id) on delete set null (request_id);
alter table public.bookings drop constraint bookings_org_id_resource_id_fkey;
alter table public.bookings add constraint bookings_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;
alter table public.bookings drop constraint bookings_org_id_service_type_id_fkey;
alter table public.bookings add constraint bookings_tenant_id_service_type_id_fkey
  foreign key (tenant_id, service_type_id) references public.service_types (tenant_id, id) on delete set null (service_type_id);
alter table public.bookings drop constraint bookings_org_id_territory_id_fkey;
alter table public.bookings add constraint bookings_tenant_id_territory_id_fkey
  foreign key (tenant_id, territory_id) references public.service_territories (tenant_id, id) on delete set null (territory_id);
alter table public.bookable_resources drop constraint bookable_resources_org_id_territory_id_fkey;
alter table public.bookable_resources add constraint bookable_resources_tenant_id_territory_id_fkey
  foreign key (tenant_id, territory_id) references public.service_territories (tenant_id, id) on delete set null (territory_id);
alter table public.bookable_resources drop constraint bookable_resources_org_id_production_resource_id_fkey;
alter table public.bookable_resources add constraint bookable_resources_tenant_id_production_resource_id_fkey
  foreign key (tenant_id, production_resource_id) references public.production_resources (tenant_id, id)
  on delete set null (production_resource_id);
alter table public.field_notifications drop constraint field_notifications_org_id_booking_id_fkey;
alter table public.field_notifications add constraint field_notifications_tenant_id_booking_id_fkey
  foreign key (tenant_id, booking_id) references public.bookings (tenant_id, id) on delete cascade;

-- What was unique for a user is unique for the tenant; what two colleagues both used is numbered, the oldest keeps its own.
alter table public.property_units drop constraint property_units_org_id_property_id_unit_identifier_key;
alter table public.property_units add constraint property_units_tenant_id_property_id_unit_identifier_key
  unique (tenant_id, property_id, unit_identifier);
alter table public.party_roles drop constraint party_roles_org_id_order_id_contact_id_role_key;
alter table public.party_roles add constraint party_roles_tenant_id_order_id_contact_id_role_key
  unique (tenant_id, order_id, contact_id, role);
update public.service_territories as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.service_territories
) as same
where same.id = t.id and same.number > 1;
alter table public.service_territories drop constraint service_territories_org_id_name_key;
alter table public.service_territories add constraint service_territories_tenant_id_name_key unique (tenant_id, name);
update public.service_types as t set name = t.name || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, name order by created_at, id) as number from public.service_types
) as same
where same.id = t.id and same.number > 1;
alter table public.service_types drop constraint service_types_org_id_name_key;
alter table public.service_types add constraint service_types_tenant_id_name_key unique (tenant_id, name);
update public.equipment as t set serial_number = t.serial_number || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, serial_number order by created_at, id) as number from public.equipment
) as same
where same.id = t.id and same.number > 1;
alter table public.equipment drop constraint equipment_org_id_serial_number_key;
alter table public.equipment add constraint equipment_tenant_id_serial_number_key unique (tenant_id, serial_number);
alter table public.api_keys drop constraint api_keys_org_id_key_prefix_key;
alter table public.api_keys add constraint api_keys_tenant_id_key_prefix_key unique (tenant_id, key_prefix);

-- 5. The policies: by tenant, and none by org_id is left.
drop policy property_units_own_select on public.property_units;
drop policy property_units_own_insert on public.property_units;
drop policy property_units_own_update on public.property_units;
drop policy property_units_own_delete on public.property_units;
create policy property_units_tenant_isolation on public.property_units for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy party_roles_own on public.party_roles;
create policy party_roles_tenant_isolation on public.party_roles for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy email_notifications_own_select on public.email_notifications;
drop policy email_notifications_own_insert on public.email_notifications;
drop policy email_notifications_own_update on public.email_notifications;
drop policy email_notifications_own_delete on public.email_notifications;
create policy email_notifications_tenant_isolation on public.email_notifications for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy validation_logs_own_select on public.validation_logs;
drop policy validation_logs_own_insert on public.validation_logs;
create policy validation_logs_tenant_isolation on public.validation_logs for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy validation_logs_tenant_insert on public.validation_logs for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy bookings_own_select on public.bookings;
drop policy bookings_own_insert on public.bookings;
drop policy bookings_own_update on public.bookings;
drop policy bookings_own_delete on public.bookings;
create policy bookings_tenant_isolation on public.bookings for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy bookable_resources_own_select on public.bookable_resources;
drop policy bookable_resources_own_insert on public.bookable_resources;
drop policy bookable_resources_own_update on public.bookable_resources;
drop policy bookable_resources_own_delete on public.bookable_resources;
create policy bookable_resources_tenant_isolation on public.bookable_resources for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy service_territories_own_select on public.service_territories;
drop policy service_territories_own_insert on public.service_territories;
drop policy service_territories_own_update on public.service_territories;
drop policy service_territories_own_delete on public.service_territories;
create policy service_territories_tenant_isolation on public.service_territories for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy service_types_own_select on public.service_types;
drop policy service_types_own_insert on public.service_types;
drop policy service_types_own_update on public.service_types;
drop policy service_types_own_delete on public.service_types;
create policy service_types_tenant_isolation on public.service_types for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy field_notifications_own_select on public.field_notifications;
drop policy field_notifications_own_insert on public.field_notifications;
drop policy field_notifications_own_update on public.field_notifications;
create policy field_notifications_tenant_isolation on public.field_notifications for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy equipment_own_select on public.equipment;
drop policy equipment_own_insert on public.equipment;
drop policy equipment_own_update on public.equipment;
drop policy equipment_own_delete on public.equipment;
create policy equipment_tenant_isolation on public.equipment for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy webhooks_own_select on public.webhooks;
drop policy webhooks_own_insert on public.webhooks;
drop policy webhooks_own_update on public.webhooks;
drop policy webhooks_own_delete on public.webhooks;
create policy webhooks_tenant_isolation on public.webhooks for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy api_keys_own_select on public.api_keys;
drop policy api_keys_own_insert on public.api_keys;
drop policy api_keys_own_update on public.api_keys;
drop policy api_keys_own_delete on public.api_keys;
create policy api_keys_tenant_isolation on public.api_keys for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- 6. Verified before the transaction ends.
do $$
declare
  scoped text;
  missing bigint;
begin
  foreach scoped in array array[
    'property_units', 'party_roles', 'email_notifications', 'validation_logs', 'bookings',
    'bookable_resources', 'service_territories', 'service_types', 'field_notifications',
    'equipment', 'webhooks', 'api_keys'
  ] loop
    execute format('select count(*) from public.%I where tenant_id is null', scoped) into missing;
    if missing > 0 then
      raise exception '% rows of % have no tenant_id', missing, scoped;
    end if;
  end loop;
end
$$;
