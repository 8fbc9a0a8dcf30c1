//! `plans` with a real server: policies that an index serves, one that it cannot, and an index that is dropped; indexes tried
//! as hypothetical ones, and as real ones.
use super::{Project, Session, assert_shown};
use serde_json::Value;

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

/// No table has an index that finds a tenant's rows. The planner itself runs the functions: `caller` to estimate with,
/// `first_org`, which claims to be IMMUTABLE, for its value.
const BARE: &str = "
create function public.caller() returns uuid language sql stable set search_path = ''
  as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
create function public.first_org() returns uuid language sql immutable security definer set search_path = ''
  as $$ select m.org_id from public.members m where m.user_id = auth.uid() order by 1 limit 1 $$;

create table public.goals (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references public.orgs (id), title text not null);
alter table public.goals enable row level security;
create policy goals_member on public.goals for select to authenticated
  using (org_id = any (array (select m.org_id from public.members m where m.user_id = (select auth.uid()))));

create table public.visits (
  id uuid not null default gen_random_uuid(), org_id uuid not null references public.orgs (id), page text not null,
  primary key (id, org_id)) partition by hash (org_id);
create table public.visits_0 partition of public.visits for values with (modulus 2, remainder 0);
create table public.visits_1 partition of public.visits for values with (modulus 2, remainder 1);
alter table public.visits enable row level security;
create policy visits_member on public.visits for select to authenticated
  using (org_id = any (array (select m.org_id from public.members m where m.user_id = (select auth.uid()))));

create table public.drafts (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), body text not null);
alter table public.drafts enable row level security;
create policy drafts_own on public.drafts for select to authenticated using (user_id = public.caller());

create table public.files (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references public.orgs (id), name text not null);
alter table public.files enable row level security;
create policy files_member on public.files for select to authenticated using (org_id = public.first_org());
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
    assert_hypopg(&session);
    assert_shown!(session.shown());
}

/// A statement with a join, and one of a table that is not measured.
const OWN: &str = "
-- open notes with their organization
select n.id, n.body, o.name from public.notes n join public.orgs o on o.id = n.org_id
where n.status = 'open' order by n.created_at desc limit 20;
-- every task
select * from public.tasks;
";

const VIEW: &str = "
create view public.open_notes with (security_invoker = on) as
  select n.id, n.body, o.name from public.notes n join public.orgs o on o.id = n.org_id where n.status = 'open';
";

#[test]
fn a_filled_table_shows_what_policies_cost_and_what_the_rewritten_one_saves() {
    let project = project()
        .with("own.sql", OWN)
        .with("migrations/0004_view.sql", VIEW);
    let line =
        "plans -q --rows 3000 --table public.notes --queries own.sql --format json migrations";
    let session = project.run(line);
    assert_eq!(session.code, Some(0), "{}", session.err);
    let lines = lines(&session);
    let of = |event: &str, table: &str| {
        let mut found = lines.iter().filter(|line| line["event"] == event);
        found.find(|line| line["table"] == table).unwrap()
    };
    let reason = of("left_out", "the statement \"every task\"")["reason"].as_str();
    assert!(
        reason.unwrap().contains("--table public.tasks"),
        "{reason:?}"
    );

    let strategies = of("table", "public.notes")["measured"]["strategies"].as_array();
    let answer = |strategy: &str, question: &str| {
        let mut all = strategies.unwrap().iter();
        let found = all.find(|s| s["strategy"] == strategy).unwrap();
        let mut answers = found["answers"].as_array().unwrap().iter();
        let tail = answers.find(|a| a["tenant"] == "tail" && a["question"] == question);
        let number = |name: &str| tail.unwrap()[name].as_u64().unwrap();
        (number("blocks"), number("rows"))
    };
    // The tail has fewer open notes than a page, so that all rows are looked for.
    let (before, rows) = answer("as it is", "a page of the view open_notes");
    let (after, same) = answer("rewritten", "a page of the view open_notes");
    assert!(rows > 0 && rows == same, "{rows} and {same} rows");
    assert!(after < before, "{before} and {after} blocks");
    for question in ["newest by created_at", "open notes with their organization"] {
        let (before, rows) = answer("as it is", question);
        for strategy in ["rewritten", "no policies"] {
            let (after, same) = answer(strategy, question);
            let said = format!("{question}, {strategy}: {before} and {after} blocks");
            assert!(rows > 0 && rows == same, "{said}, {rows} and {same} rows");
            match question.starts_with("newest") {
                true => assert!(after * 3 < before, "{said}"),
                // The order that an index gives is worth it for those who have so few rows.
                false => assert!(after <= before, "{said}"),
            }
        }
    }
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

#[track_caller]
fn assert_hypopg(session: &Session) {
    let had = session.out.contains("HypoPG ") || session.out.contains("\"no_hypopg\":null");
    assert!(
        had,
        "this test needs HypoPG beside PostgreSQL: apt-get install postgresql-15-hypopg, or that of your version\n{}",
        session.out
    );
}

fn lines(session: &Session) -> Vec<Value> {
    let lines = session.out.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn hypothetical_indexes_give_the_verdict_of_real_ones_and_where_they_cannot_tell_real_ones_are_built()
 {
    let project = project().with("migrations/0004_bare.sql", BARE);
    let line = "plans -q --rows 0 --format json migrations";
    let session = project.run(line);
    assert_eq!(session.code, Some(0), "{}", session.err);
    let hypothetical = lines(&session);
    assert_hypopg(&session);
    // Where the extension would go there is something already, so that only real indexes can be tried.
    let taken = "create schema watertight_hypopg;\n";
    let project = project.with("migrations/0005_taken.sql", taken);
    let session = project.run(line);
    assert_eq!(session.code, Some(0), "{}", session.err);
    let real = lines(&session);
    let reason = real[0]["no_hypopg"].as_str().unwrap();
    assert!(reason.ends_with("(SQLSTATE 42P06)"), "{reason}");

    let mut made = Vec::new();
    for (a, b) in hypothetical.iter().zip(&real).skip(1) {
        for field in ["table", "found_by", "index", "shape", "faults", "missing"] {
            assert_eq!(a[field], b[field], "{field} of {}", a["table"]);
        }
        assert_ne!(b["indexes_on_trial"], "hypothetical");
        made.push([
            &a["table"],
            &a["found_by"],
            &a["indexes_on_trial"],
            &a["missing"][0]["sql"],
        ]);
    }
    assert_eq!(hypothetical.len(), real.len());
    made.sort_by_key(|[table, ..]| table.as_str());
    insta::assert_json_snapshot!(made);
}
