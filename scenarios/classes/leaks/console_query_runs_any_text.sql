-- A query console for reports runs whatever text it is given: one set_config in it makes the caller another brand.
-- system: supabase
-- class: 57, 58
-- expect: leak call-definer on public.exec_sql at exec_sql

create table public.brands (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.campaigns (
  id uuid primary key default gen_random_uuid(),
  brand_id uuid not null references public.brands (id) on delete cascade,
  title text not null,
  budget_cents bigint not null default 0
);

alter table public.brands enable row level security;
alter table public.campaigns enable row level security;

create policy brands_own on public.brands
  for select to authenticated
  using (id::text = (select auth.jwt() ->> 'brand_id'));
create policy campaigns_own on public.campaigns
  for all to authenticated
  using (brand_id::text = (select auth.jwt() ->> 'brand_id'))
  with check (brand_id::text = (select auth.jwt() ->> 'brand_id'));

create function public.exec_sql(query text) returns setof json
  language plpgsql security invoker
  set search_path = ''
as $$
begin
  return query execute format('select row_to_json(found) from (%s) as found', query);
end
$$;

grant execute on function public.exec_sql(text) to authenticated;

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
