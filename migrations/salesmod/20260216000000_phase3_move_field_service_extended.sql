-- Phase 3: the extended features of field service. 88 of 88 tables.

-- 1. The column, and the trigger that fills it for rows written from now on.
alter table public.technician_skills add column tenant_id uuid references public.tenants (id);
alter table public.technician_availability add column tenant_id uuid references public.tenants (id);
alter table public.time_off_requests add column tenant_id uuid references public.tenants (id);
alter table public.travel_logs add column tenant_id uuid references public.tenants (id);
alter table public.gps_locations add column tenant_id uuid references public.tenants (id);
alter table public.equipment_assignments add column tenant_id uuid references public.tenants (id);
alter table public.equipment_maintenance add column tenant_id uuid references public.tenants (id);
alter table public.booking_checklists add column tenant_id uuid references public.tenants (id);
alter table public.booking_photos add column tenant_id uuid references public.tenants (id);
alter table public.service_contracts add column tenant_id uuid references public.tenants (id);
alter table public.service_reports add column tenant_id uuid references public.tenants (id);
alter table public.customer_feedback add column tenant_id uuid references public.tenants (id);
alter table public.route_plans add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_technician_skills_tenant_id
  before insert or update on public.technician_skills
  for each row execute function public.set_tenant_id();
create trigger trigger_set_technician_availability_tenant_id
  before insert or update on public.technician_availability
  for each row execute function public.set_tenant_id();
create trigger trigger_set_time_off_requests_tenant_id
  before insert or update on public.time_off_requests
  for each row execute function public.set_tenant_id();
create trigger trigger_set_travel_logs_tenant_id
  before insert or update on public.travel_logs
  for each row execute function public.set_tenant_id();
create trigger trigger_set_gps_locations_tenant_id
  before insert or update on public.gps_locations
  for each row execute function public.set_tenant_id();
create trigger trigger_set_equipment_assignments_tenant_id
  before insert or update on public.equipment_assignments
  for each row execute function public.set_tenant_id();
create trigger trigger_set_equipment_maintenance_tenant_id
  before insert or update on public.equipment_maintenance
  for each row execute function public.set_tenant_id();
create trigger trigger_set_booking_checklists_tenant_id
  before insert or update on public.booking_checklists
  for each row execute function public.set_tenant_id();
create trigger trigger_set_booking_photos_tenant_id
  before insert or update on public.booking_photos
  for each row execute function public.set_tenant_id();
create trigger trigger_set_service_contracts_tenant_id
  before insert or update on public.service_contracts
  for each row execute function public.set_tenant_id();
create trigger trigger_set_service_reports_tenant_id
  before insert or update on public.service_reports
  for each row execute function public.set_tenant_id();
create trigger trigger_set_customer_feedback_tenant_id
  before insert or update on public.customer_feedback
  for each row execute function public.set_tenant_id();
create trigger trigger_set_route_plans_tenant_id
  before insert or update on public.route_plans
  for each row execute function public.set_tenant_id();

-- 2. The backfill.
update public.technician_skills as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.technician_availability as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.time_off_requests as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.travel_logs as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.gps_locations as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.equipment_assignments as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.equipment_maintenance as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.booking_checklists as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.booking_photos as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.service_contracts as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.service_reports as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.customer_feedback as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.route_plans as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- 3. and 4. Mandatory and indexed.
alter table public.technician_skills alter column tenant_id set not null;
create index idx_technician_skills_tenant_id on public.technician_skills (tenant_id);
alter table public.technician_availability alter column tenant_id set not null;
create index idx_technician_availability_tenant_id on public.technician_availability (tenant_id);
alter table public.time_off_requests alter column tenant_id set not null;
create index idx_time_off_requests_tenant_id on public.time_off_requests (tenant_id);
alter table public.travel_logs alter column tenant_id set not null;
create index idx_travel_logs_tenant_id on public.travel_logs (tenant_id);
alter table public.gps_locations alter column tenant_id set not null;
create index idx_gps_locations_tenant_id on public.gps_locations (tenant_id);
alter table public.equipment_assignments alter column tenant_id set not null;
create index idx_equipment_assignments_tenant_id on public.equipment_assignments (tenant_id);
alter table public.equipment_maintenance alter column tenant_id set not null;
create index idx_equipment_maintenance_tenant_id on public.equipment_maintenance (tenant_id);
alter table public.booking_checklists alter column tenant_id set not null;
create index idx_booking_checklists_tenant_id on public.booking_checklists (tenant_id);
alter table public.booking_photos alter column tenant_id set not null;
create index idx_booking_photos_tenant_id on public.booking_photos (tenant_id);
alter table public.service_contracts alter column tenant_id set not null;
create index idx_service_contracts_tenant_id on public.service_contracts (tenant_id);
alter table public.service_reports alter column tenant_id set not null;
create index idx_service_reports_tenant_id on public.service_reports (tenant_id);
alter table public.customer_feedback alter column tenant_id set not null;
create index idx_customer_feedback_tenant_id on public.customer_feedback (tenant_id);
alter table public.route_plans alter column tenant_id set not null;
create index idx_route_plans_tenant_id on public.route_plans (tenant_id);

-- What references point at.
alter table public.equipment add constraint equipment_tenant_id_id_key unique (tenant_id, id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.technician_skills drop constraint technician_skills_org_id_resource_id_fkey;
alter table public.technician_skills add constraint technician_skills_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;
alter table public.technician_availability drop constraint technician_availability_org_id_resource_id_fkey;
alter table public.technician_availability add constraint technician_availability_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;
alter table public.time_off_requests drop constraint time_off_requests_org_id_resource_id_fkey;
alter table public.time_off_requests add constraint time_off_requests_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;
alter table public.travel_logs drop constraint travel_logs_org_id_booking_id_fkey;
alter table public.travel_logs add constraint travel_logs_tenant_id_booking_id_fkey
  foreign key (tenant_id, booking_id) references public.bookings (tenant_id, id) on delete set null (booking_id);
alter table public.travel_logs drop constraint travel_logs_org_id_resource_id_fkey;
alter table public.travel_logs add constraint travel_logs_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;
alter table public.gps_locations drop constraint gps_locations_org_id_resource_id_fkey;
alter table public.gps_locations add constraint gps_locations_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;
alter table public.equipment_assignments drop constraint equipment_assignments_org_id_equipment_id_fkey;
alter table public.equipment_assignments add constraint equipment_assignments_tenant_id_equipment_id_fkey
  foreign key (tenant_id, equipment_id) references public.equipment (tenant_id, id) on delete cascade;
alter table public.equipment_assignments drop constraint equipment_assignments_org_id_resource_id_fkey;
alter table public.equipment_assignments add constraint equipment_assignments_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;
alter table public.equipment_maintenance drop constraint equipment_maintenance_org_id_equipment_id_fkey;
alter table public.equipment_maintenance add constraint equipment_maintenance_tenant_id_equipment_id_fkey
  foreign key (tenant_id, equipment_id) references public.equipment (tenant_id, id) on delete cascade;
alter table public.booking_checklists drop constraint booking_checklists_org_id_booking_id_fkey;
alter table public.booking_checklists add constraint booking_checklists_tenant_id_booking_id_fkey
  foreign key (tenant_id, booking_id) references public.bookings (tenant_id, id) on delete cascade;
alter table public.booking_photos drop constraint booking_photos_org_id_booking_id_fkey;
alter table public.booking_photos add constraint booking_photos_tenant_id_booking_id_fkey
  foreign key (tenant_id, booking_id) references public.bookings (tenant_id, id) on delete cascade;
alter table public.service_contracts drop constraint service_contracts_org_id_client_id_fkey;
alter table public.service_contracts add constraint service_contracts_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete cascade;
alter table public.service_reports drop constraint service_reports_org_id_booking_id_fkey;
alter table public.service_reports add constraint service_reports_tenant_id_booking_id_fkey
  foreign key (tenant_id, booking_id) references public.bookings (tenant_id, id) on delete cascade;
alter table public.customer_feedback drop constraint customer_feedback_org_id_booking_id_fkey;
alter table public.customer_feedback add constraint customer_feedback_tenant_id_booking_id_fkey
  foreign key (tenant_id, booking_id) references public.bookings (tenant_id, id) on delete set null (booking_id);
alter table public.customer_feedback drop constraint customer_feedback_org_id_contact_id_fkey;
alter table public.customer_feedback add constraint customer_feedback_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete set null (contact_id);
alter table public.route_plans drop constraint route_plans_org_id_resource_id_fkey;
alter table public.route_plans add constraint route_plans_tenant_id_resource_id_fkey
  foreign key (tenant_id, resource_id) references public.bookable_resources (tenant_id, id) on delete cascade;

-- What was unique for a user is unique for the tenant; what two colleagues both used is numbered, the oldest keeps its own.
alter table public.technician_skills drop constraint technician_skills_org_id_resource_id_skill_key;
alter table public.technician_skills add constraint technician_skills_tenant_id_resource_id_skill_key
  unique (tenant_id, resource_id, skill);
alter table public.technician_availability drop constraint technician_availability_org_id_resource_id_weekday_opens_key;
alter table public.technician_availability add constraint technician_availability_tenant_id_resource_id_weekday_opens_key
  unique (tenant_id, resource_id, weekday, opens);
update public.service_contracts as t set contract_number = t.contract_number || '-' || same.number
from (
  select id, row_number() over (partition by tenant_id, contract_number order by created_at, id) as number from public.service_contracts
) as same
where same.id = t.id and same.number > 1;
alter table public.service_contracts drop constraint service_contracts_org_id_contract_number_key;
alter table public.service_contracts add constraint service_contracts_tenant_id_contract_number_key
  unique (tenant_id, contract_number);
alter table public.service_reports drop constraint service_reports_org_id_booking_id_key;
alter table public.service_reports add constraint service_reports_tenant_id_booking_id_key unique (tenant_id, booking_id);
alter table public.route_plans drop constraint route_plans_org_id_resource_id_plan_date_key;
alter table public.route_plans add constraint route_plans_tenant_id_resource_id_plan_date_key
  unique (tenant_id, resource_id, plan_date);

-- 5. The policies: by tenant, and none by org_id is left.
drop policy technician_skills_own on public.technician_skills;
create policy technician_skills_tenant_isolation on public.technician_skills for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy technician_availability_own on public.technician_availability;
create policy technician_availability_tenant_isolation on public.technician_availability for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy time_off_requests_own_select on public.time_off_requests;
drop policy time_off_requests_own_insert on public.time_off_requests;
drop policy time_off_requests_own_update on public.time_off_requests;
drop policy time_off_requests_own_delete on public.time_off_requests;
create policy time_off_requests_tenant_isolation on public.time_off_requests for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy travel_logs_own on public.travel_logs;
create policy travel_logs_tenant_isolation on public.travel_logs for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy gps_locations_own_select on public.gps_locations;
drop policy gps_locations_own_insert on public.gps_locations;
create policy gps_locations_tenant_isolation on public.gps_locations for select to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy gps_locations_tenant_insert on public.gps_locations for insert to authenticated
  with check (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy equipment_assignments_own on public.equipment_assignments;
create policy equipment_assignments_tenant_isolation on public.equipment_assignments for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy equipment_maintenance_own on public.equipment_maintenance;
create policy equipment_maintenance_tenant_isolation on public.equipment_maintenance for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy booking_checklists_own on public.booking_checklists;
create policy booking_checklists_tenant_isolation on public.booking_checklists for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy booking_photos_own_select on public.booking_photos;
drop policy booking_photos_own_insert on public.booking_photos;
drop policy booking_photos_own_delete on public.booking_photos;
create policy booking_photos_tenant_isolation on public.booking_photos for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy service_contracts_own_select on public.service_contracts;
drop policy service_contracts_own_insert on public.service_contracts;
drop policy service_contracts_own_update on public.service_contracts;
drop policy service_contracts_own_delete on public.service_contracts;
create policy service_contracts_tenant_isolation on public.service_contracts for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy service_reports_own_select on public.service_reports;
drop policy service_reports_own_insert on public.service_reports;
drop policy service_reports_own_update on public.service_reports;
drop policy service_reports_own_delete on public.service_reports;
create policy service_reports_tenant_isolation on public.service_reports for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy customer_feedback_own on public.customer_feedback;
create policy customer_feedback_tenant_isolation on public.customer_feedback for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy route_plans_own_select on public.route_plans;
drop policy route_plans_own_insert on public.route_plans;
drop policy route_plans_own_update on public.route_plans;
drop policy route_plans_own_delete on public.route_plans;
create policy route_plans_tenant_isolation on public.route_plans for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- 6. Verified before the transaction ends.
do $$
declare
  scoped text;
  missing bigint;
begin
  foreach scoped in array array[
    'technician_skills', 'technician_availability', 'time_off_requests', 'travel_logs',
    'gps_locations', 'equipment_assignments', 'equipment_maintenance', 'booking_checklists',
    'booking_photos', 'service_contracts', 'service_reports', 'customer_feedback', 'route_plans'
  ] loop
    execute format('select count(*) from public.%I where tenant_id is null', scoped) into missing;
    if missing > 0 then
      raise exception '% rows of % have no tenant_id', missing, scoped;
    end if;
  end loop;
end
$$;
