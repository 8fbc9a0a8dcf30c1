-- The way back from recommendation 1: tenant_id returns, and a trigger keeps it equal on every table.
-- system: workspace
-- through: 20260203090000_restore_dropped_protection
-- expect: clean

create function public.keep_tenant_id() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.workspace_id := coalesce(new.workspace_id, new.tenant_id);
  new.tenant_id := new.workspace_id;
  return new;
end
$$;

do $$
declare
  scoped record;
begin
  for scoped in
    select tables.table_name as name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'workspace_id' and table_type = 'BASE TABLE'
      and table_name not in ('workspace_members', 'asset_approvals', 'user_roles', 'notifications')
    order by table_name
  loop
    execute format('alter table public.%I add column tenant_id uuid', scoped.name);
    execute format('update public.%I set tenant_id = workspace_id', scoped.name);
    execute format(
      'create trigger keep_tenant_id before insert or update on public.%I '
      'for each row execute function public.keep_tenant_id()',
      scoped.name
    );
  end loop;
end
$$;
