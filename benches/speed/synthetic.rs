//! Sound schemas of any size whose tables all have the same shape, to see how a check grows.
use std::fmt::Write;

const HEAD: &str = "
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'app_user') then
    create role app_user login;
  end if;
end
$$;
create table public.tenants (id uuid primary key default gen_random_uuid(), title text not null);
alter table public.tenants enable row level security;
create policy tenants_own on public.tenants for select
  using (id = nullif(current_setting('app.current_tenant', true), '')::uuid);
grant select on public.tenants to app_user;
create type public.state as enum ('open', 'closed');
";

/// One SQL file with `count` tables beside the table of tenants. Every second table refers to the one before it.
pub fn schema(count: usize) -> String {
    let mut sql = HEAD.to_owned();
    for at in 0..count {
        let parent = match at % 2 {
            0 => String::new(),
            _ => format!(
                "\n  parent_id uuid,\n  foreign key (tenant_id, parent_id) references public.items_{} (tenant_id, id),",
                at - 1
            ),
        };
        write!(
            sql,
            "
create table public.items_{at} (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id),
  sku text not null,
  title text not null,
  state public.state not null default 'open',
  quantity integer not null default 0,
  created_at timestamptz not null default now(),{parent}
  unique (tenant_id, id),
  unique (tenant_id, sku)
);
alter table public.items_{at} enable row level security;
create policy items_{at}_own on public.items_{at}
  using (tenant_id = nullif(current_setting('app.current_tenant', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.current_tenant', true), '')::uuid);
grant select, insert, update, delete on public.items_{at} to app_user;
"
        )
        .expect("a string takes everything");
    }
    sql
}
