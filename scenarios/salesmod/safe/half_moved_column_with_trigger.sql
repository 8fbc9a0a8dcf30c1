-- The column is there and filled, and the trigger writes it, whatever the policies still ask for.
-- system: salesmod
-- class: 23
-- through: 20251202000000
-- expect: clean

alter table public.saved_reports add column tenant_id uuid references public.tenants (id);
update public.saved_reports as t set tenant_id = p.tenant_id
from public.profiles as p
where t.org_id = p.id and t.tenant_id is null;
alter table public.saved_reports alter column tenant_id set not null;
create trigger trigger_set_saved_reports_tenant_id
  before insert or update on public.saved_reports
  for each row execute function public.set_tenant_id();
