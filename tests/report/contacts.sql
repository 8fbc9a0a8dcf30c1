create table contacts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organizations (id),
  name text
);

alter table contacts enable row level security;

create policy contacts_select on contacts for select to authenticated
  using (org_id = public.auth_org_id());

create policy contacts_update on contacts for update to authenticated
  using (org_id = public.auth_org_id())
  with check (true);

create function public.get_org_audit_logs(p_org uuid, p_limit int default 100)
returns setof audit_logs
language plpgsql
stable
security definer
set search_path = public
as $$
begin
  if p_limit > 1000 then
    raise exception 'too many';
  end if;
  return query
    select *
      from audit_logs
     where org_id = p_org
     order by created_at desc
     limit p_limit;
end
$$;

	create view "Übersicht" as select o.name, count(*) as anzahl, max(c.created_at) as zuletzt, min(c.created_at) as zuerst from contacts c join organizations o on o.id = c.org_id group by o.name;
