-- Functions that members call run as their caller, so the policies decide; what runs as its owner is for nobody else.

create or replace function public.complete_production_task(p_task_id uuid) returns boolean
  language plpgsql security invoker
  set search_path = ''
as $$
begin
  update public.production_tasks
  set status = 'done', completed_at = now()
  where production_tasks.id = p_task_id;
  return found;
end
$$;

create or replace function public.match_embeddings(p_query real[], p_limit integer default 10) returns setof public.embeddings_index
  language sql stable security invoker
  set search_path = ''
as $$
  select *
  from public.embeddings_index
  where cardinality(embeddings_index.embedding) = cardinality(p_query)
  order by (
    select sum((a.value - b.value) ^ 2)
    from unnest(embeddings_index.embedding) with ordinality as a (value, at)
    join unnest(p_query) with ordinality as b (value, at) using (at)
  ), embeddings_index.id
  limit least(p_limit, 50)
$$;

create or replace function public.get_dashboard_summary() returns jsonb
  language sql stable security invoker
  set search_path = ''
as $$
  select jsonb_build_object(
    'open_orders', (
      select count(*) from public.orders
      where orders.status not in ('delivered', 'cancelled') and orders.deleted_at is null
    ),
    'unpaid_cents', (select coalesce(sum(invoices.total_cents), 0) from public.invoices where invoices.paid_at is null),
    'bookings_ahead', (select count(*) from public.bookings where bookings.starts_at > now())
  )
$$;

-- The audit log keeps the tenant of the order, also where a job of the backend changed it.
create or replace function public.log_order_status() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if new.status is distinct from old.status then
    insert into public.audit_events (tenant_id, org_id, order_id, action, table_name, old_values, new_values)
    values (
      new.tenant_id, new.org_id, new.id, 'status', 'orders',
      jsonb_build_object('status', old.status), jsonb_build_object('status', new.status)
    );
  end if;
  return null;
end
$$;

-- The caller's tenant. Runs as its owner, so that the policy of profiles may ask it without asking itself.
create function public.current_tenant_id() returns uuid
  language sql stable security definer
  set search_path = ''
as $$
  select profiles.tenant_id from public.profiles where profiles.id = auth.uid()
$$;

-- Colleagues see each other's profiles.
create policy profiles_select_colleagues on public.profiles
  for select to authenticated
  using (tenant_id = (select public.current_tenant_id()));

revoke execute on all functions in schema public from public, anon, authenticated;
grant execute on function
  public.current_tenant_id(), public.search_contacts(text), public.complete_production_task(uuid),
  public.match_embeddings(real[], integer), public.get_dashboard_summary()
  to authenticated, service_role;
grant execute on function public.revoke_expired_tokens() to service_role;

-- New functions are closed until somebody opens them.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke execute on functions from anon, authenticated;
