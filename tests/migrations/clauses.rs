//! Which part of a statement a finding underlines.
use rstest::rstest;
use watertight::migrations::{Clause, clause};

const POLICY: &str = "create policy \"own rows\" on public.t as permissive for update to anon, authenticated\n  using (a = 1) -- old\n  with check ( true ) ";
const ALTER: &str = "alter policy p on t to public using (x) with check (y)";
const TABLE: &str = "create table public.t (\n  id uuid primary key,\n  org_id uuid not null references orgs (id) on delete cascade, -- owner\n  \"Name\" text constraint long check (\"Name\" <> ''),\n  slug text unique,\n  unique (org_id, slug),\n  constraint fk foreign key (id, org_id) references o (id, org_id)\n)";
const VIEW: &str = "create or replace view v with (security_invoker = on) as\n  with q as (select 1) select * from q";
const FUNCTION: &str = "create function public.f(a uuid) returns int language sql security definer set search_path = '' as $$ select 1 $$";

#[rstest]
#[case(POLICY, Clause::Using, "using (a = 1)")]
#[case(POLICY, Clause::WithCheck, "with check ( true )")]
#[case(POLICY, Clause::Roles, "to anon, authenticated")]
#[case(POLICY, Clause::Command, "for update")]
#[case(POLICY, Clause::Name, "\"own rows\"")]
#[case(ALTER, Clause::Using, "using (x)")]
#[case(ALTER, Clause::WithCheck, "with check (y)")]
#[case(TABLE, Clause::Name, "public.t")]
#[case(
    TABLE,
    Clause::Column("org_id"),
    "org_id uuid not null references orgs (id) on delete cascade"
)]
#[case(
    TABLE,
    Clause::Column("Name"),
    "\"Name\" text constraint long check (\"Name\" <> '')"
)]
#[case(
    TABLE,
    Clause::Constraint("long"),
    "constraint long check (\"Name\" <> '')"
)]
#[case(
    TABLE,
    Clause::Constraint("fk"),
    "constraint fk foreign key (id, org_id) references o (id, org_id)"
)]
#[case(
    TABLE,
    Clause::Constraint("t_org_id_fkey"),
    "references orgs (id) on delete cascade"
)]
#[case(TABLE, Clause::Constraint("t_slug_key"), "unique")]
#[case(
    TABLE,
    Clause::Constraint("t_org_id_slug_key"),
    "unique (org_id, slug)"
)]
#[case(TABLE, Clause::Constraint("t_pkey"), "primary key")]
#[case(
    "alter table only t add constraint zz unique (a)",
    Clause::Constraint("zz"),
    "constraint zz unique (a)"
)]
#[case(
    "alter table t add column x int, disable row level security",
    Clause::Column("x"),
    "add column x int"
)]
#[case(
    "alter table t disable row level security",
    Clause::Action,
    "disable row level security"
)]
#[case(
    "create unique index if not exists idx_a on t (a)",
    Clause::Constraint("idx_a"),
    "create unique index if not exists idx_a on t (a)"
)]
#[case(VIEW, Clause::Query, "with q as (select 1) select * from q")]
#[case(VIEW, Clause::Options, "with (security_invoker = on)")]
#[case(
    "create materialized view m as select a from t",
    Clause::Query,
    "select a from t"
)]
#[case(FUNCTION, Clause::Security, "security definer")]
#[case(FUNCTION, Clause::Body, "as $$ select 1 $$")]
#[case(FUNCTION, Clause::Name, "public.f")]
#[case(
    "grant select, insert on t to anon, authenticated",
    Clause::Command,
    "select, insert"
)]
#[case("grant all on t to anon", Clause::Roles, "anon")]
#[case(
    "create trigger trg before insert on t for each row execute function f()",
    Clause::Name,
    "trg"
)]
fn a_clause_is_found(#[case] statement: &str, #[case] part: Clause<'_>, #[case] expected: &str) {
    assert_eq!(&statement[clause(statement, part)], expected);
}

#[rstest]
#[case(POLICY, Clause::Security)]
#[case(TABLE, Clause::Column("nope"))]
#[case(TABLE, Clause::Constraint("t_nope_key"))]
#[case(FUNCTION, Clause::Statement)]
#[case("this is not SQL at all (", Clause::Using)]
#[case("", Clause::Using)]
fn without_the_clause_it_is_the_whole_statement(#[case] statement: &str, #[case] part: Clause<'_>) {
    assert_eq!(clause(statement, part), 0..statement.len());
}
