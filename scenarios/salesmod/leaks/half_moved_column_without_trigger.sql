-- The column is there and filled, the policies still ask for the user: a member writes another tenant's id into it.
-- system: salesmod
-- class: 23
-- through: 20251202000000
-- expect: leak insert-row on public.saved_reports at saved_reports_own_insert
-- expect: leak reassign-row on public.saved_reports at saved_reports_own_update

alter table public.saved_reports add column tenant_id uuid references public.tenants (id);
update public.saved_reports as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
alter table public.saved_reports alter column tenant_id set not null;
