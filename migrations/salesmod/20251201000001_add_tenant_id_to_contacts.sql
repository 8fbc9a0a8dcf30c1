-- Contacts, which November forgot, and activities are the tenant's: 34 of 88 tables.

-- 1. The column, and the trigger that fills it for rows written from now on.
alter table public.contacts add column tenant_id uuid references public.tenants (id);
alter table public.activities add column tenant_id uuid references public.tenants (id);
create trigger trigger_set_contacts_tenant_id
  before insert or update on public.contacts
  for each row execute function public.set_tenant_id();
create trigger trigger_set_activities_tenant_id
  before insert or update on public.activities
  for each row execute function public.set_tenant_id();

-- 2. The backfill.
update public.contacts as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
update public.activities as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;

-- 3. and 4. Mandatory and indexed.
alter table public.contacts alter column tenant_id set not null;
create index idx_contacts_tenant_id on public.contacts (tenant_id);
alter table public.activities alter column tenant_id set not null;
create index idx_activities_tenant_id on public.activities (tenant_id);

-- What references point at.
alter table public.contacts add constraint contacts_tenant_id_id_key unique (tenant_id, id);
alter table public.deals add constraint deals_tenant_id_id_key unique (tenant_id, id);

-- References between tables that have moved: a row refers to rows of its own tenant, whoever made them.
alter table public.orders drop constraint orders_org_id_borrower_contact_id_fkey;
alter table public.orders add constraint orders_tenant_id_borrower_contact_id_fkey
  foreign key (tenant_id, borrower_contact_id) references public.contacts (tenant_id, id) on delete set null (borrower_contact_id);
alter table public.contact_companies drop constraint contact_companies_org_id_contact_id_fkey;
alter table public.contact_companies add constraint contact_companies_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;
alter table public.agent_memories drop constraint agent_memories_org_id_contact_id_fkey;
alter table public.agent_memories add constraint agent_memories_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;
alter table public.agent_drafts drop constraint agent_drafts_org_id_contact_id_fkey;
alter table public.agent_drafts add constraint agent_drafts_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;
alter table public.webinar_registrations drop constraint webinar_registrations_org_id_contact_id_fkey;
alter table public.webinar_registrations add constraint webinar_registrations_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete set null (contact_id);
alter table public.deals drop constraint deals_org_id_contact_id_fkey;
alter table public.deals add constraint deals_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete set null (contact_id);
alter table public.contacts drop constraint contacts_org_id_client_id_fkey;
alter table public.contacts add constraint contacts_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete set null (client_id);
alter table public.activities drop constraint activities_org_id_client_id_fkey;
alter table public.activities add constraint activities_tenant_id_client_id_fkey
  foreign key (tenant_id, client_id) references public.clients (tenant_id, id) on delete cascade;
alter table public.activities drop constraint activities_org_id_contact_id_fkey;
alter table public.activities add constraint activities_tenant_id_contact_id_fkey
  foreign key (tenant_id, contact_id) references public.contacts (tenant_id, id) on delete cascade;
alter table public.activities drop constraint activities_org_id_order_id_fkey;
alter table public.activities add constraint activities_tenant_id_order_id_fkey
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete cascade;
alter table public.activities drop constraint activities_org_id_deal_id_fkey;
alter table public.activities add constraint activities_tenant_id_deal_id_fkey
  foreign key (tenant_id, deal_id) references public.deals (tenant_id, id) on delete set null (deal_id);

-- 5. The policies: by tenant, and none by org_id is left.
drop policy contacts_own_select on public.contacts;
drop policy contacts_own_insert on public.contacts;
drop policy contacts_own_update on public.contacts;
drop policy contacts_own_delete on public.contacts;
create policy contacts_tenant_isolation on public.contacts for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
drop policy activities_own_select on public.activities;
drop policy activities_own_insert on public.activities;
drop policy activities_own_update on public.activities;
drop policy activities_own_delete on public.activities;
create policy activities_tenant_isolation on public.activities for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- 6. Verified before the transaction ends.
do $$
declare
  scoped text;
  missing bigint;
begin
  foreach scoped in array array[
    'contacts', 'activities'
  ] loop
    execute format('select count(*) from public.%I where tenant_id is null', scoped) into missing;
    if missing > 0 then
      raise exception '% rows of % have no tenant_id', missing, scoped;
    end if;
  end loop;
end
$$;
