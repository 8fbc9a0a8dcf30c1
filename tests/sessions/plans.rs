//! `plans` with a real server: policies that an index serves, one that it cannot, and an index that is dropped.
use super::{Project, assert_shown};

const PEOPLE: &str = "
create table public.orgs (id uuid primary key default gen_random_uuid(), name text not null);
create table public.members (
  org_id uuid not null references public.orgs (id), user_id uuid not null references auth.users (id),
  primary key (user_id, org_id));
alter table public.orgs enable row level security;
create policy orgs_own on public.orgs for select to authenticated
  using (id = any (array (select m.org_id from public.members m where m.user_id = (select auth.uid()))));
alter table public.members enable row level security;
create policy members_own on public.members for select to authenticated using (user_id = (select auth.uid()));
";

const NOTES: &str = "
create table public.notes (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references public.orgs (id),
  status text not null default 'open' check (status in ('open', 'done')), body text not null,
  created_at timestamptz not null default now());
create index notes_org on public.notes (org_id);
create index notes_org_created on public.notes (org_id, created_at desc);
alter table public.notes enable row level security;
create policy notes_member on public.notes for select to authenticated
  using (org_id in (select m.org_id from public.members m where m.user_id = (select auth.uid())));
";

const TASKS: &str = "
create table public.tasks (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references public.orgs (id),
  title text not null);
create index tasks_org on public.tasks (org_id);
alter table public.tasks enable row level security;
create policy tasks_member on public.tasks for select to authenticated
  using (org_id = any (array (select m.org_id from public.members m where m.user_id = (select auth.uid()))));
";

fn project() -> Project {
    Project::empty()
        .with("migrations/0001_people.sql", PEOPLE)
        .with("migrations/0002_notes.sql", NOTES)
        .with("migrations/0003_tasks.sql", TASKS)
}

#[test]
fn a_policy_that_defeats_its_index_is_named_with_a_form_that_was_tried() {
    let session = project().run("plans -q --rows 0 migrations");
    assert_eq!(session.code, Some(0), "{}", session.err);
    assert_shown!(session.shown());
}

#[test]
fn a_filled_table_shows_what_the_rewritten_policy_saves() {
    let line = "plans -q --rows 3000 --table public.notes --format json migrations";
    let session = project().run(line);
    assert_eq!(session.code, Some(0), "{}", session.err);
    let tables = session
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let notes = tables
        .into_iter()
        .find(|line| line["table"] == "public.notes")
        .unwrap();
    let strategies = notes["measured"]["strategies"].as_array().unwrap();
    let blocks = |name: &str, tenant: &str| {
        let strategy = strategies.iter().find(|s| s["strategy"] == name).unwrap();
        let answers = strategy["answers"].as_array().unwrap();
        let newest = answers.iter().find(|a| a["tenant"] == tenant).unwrap();
        (
            newest["blocks"].as_u64().unwrap(),
            newest["rows"].as_u64().unwrap(),
        )
    };
    let (before, rows) = blocks("as it is", "tail");
    let (after, same) = blocks("rewritten", "tail");
    assert!(rows > 0 && rows == same, "{rows} and {same} rows");
    assert!(after * 3 < before, "{before} blocks, rewritten {after}");
}

#[test]
fn a_dropped_index_makes_a_plan_worse_and_its_migration_is_named() {
    let project = project();
    let saved = project.run("plans -q --rows 0 --save plans.json migrations");
    assert_eq!(saved.code, Some(0), "{}", saved.err);
    let same = project.run("plans -q --rows 0 --compare plans.json migrations");
    assert_eq!(same.code, Some(0), "{}", same.out);
    let project = project.with("migrations/0004_tidy.sql", "drop index public.tasks_org;\n");
    let worse = project.run("plans -q --rows 0 --compare plans.json migrations");
    assert_eq!(worse.code, Some(1), "{}", worse.err);
    let out = worse.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "worse: public.tasks: a tenant's rows were found by tasks_org; now every row is read, for want of an index",
        "migrations/0004_tidy.sql:1:1: drop index public.tasks_org",
        "before Index",
        "now Seq Scan on public.tasks (filter: org_id)",
    ] {
        assert!(out.contains(said), "{said} is not in\n{}", worse.out);
    }
}
