//! Sessions that migrate populated tables.
use super::{Project, assert_shown};

const BEFORE: &str = "
create table public.companies (id uuid primary key default gen_random_uuid(), name text not null);
create table public.profiles (id uuid primary key references auth.users (id), name text not null);
create table public.leads (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id),
  name text not null
);
alter table public.companies enable row level security;
alter table public.profiles enable row level security;
alter table public.leads enable row level security;
create policy own on public.profiles for select using (id = auth.uid());
create policy own on public.leads using (user_id = auth.uid());
revoke all on all tables in schema public from anon, authenticated;
grant select on public.profiles to authenticated;
grant select, insert, update, delete on public.leads to authenticated;
";

const COLUMN: &str = "
alter table public.profiles add column company_id uuid references public.companies (id);
insert into public.companies (name) select distinct name from public.profiles;
update public.profiles set company_id = companies.id from public.companies where companies.name = profiles.name;
alter table public.leads add column company_id uuid references public.companies (id);
";

const POLICY: &str = "
drop policy own on public.leads;
create policy company on public.leads
  using (company_id in (select company_id from public.profiles where id = auth.uid()));
";

const GOOD: &str = "
update public.leads set company_id = profiles.company_id from public.profiles where profiles.id = leads.user_id;
alter table public.leads alter column company_id set not null;
";

const BAD: &str = "update public.leads set company_id = profiles.company_id from public.profiles;";

fn project(backfill: &str) -> Project {
    Project::empty()
        .with("migrations/0001_users.sql", BEFORE)
        .with("migrations/0002_companies.sql", COLUMN)
        .with("migrations/0003_backfill.sql", backfill)
        .with("migrations/0004_policies.sql", POLICY)
        .with(
            "migrations/checks.sql",
            "-- check: No lead is without a company.\nselect not exists (select from public.leads where company_id is null);\n",
        )
}

#[test]
fn a_sound_backfill_keeps_every_row_with_its_owner() {
    let session = project(GOOD).run("rehearse --from 0001_users --platform supabase");
    assert_eq!(session.code, Some(0), "{}", session.shown());
    assert_shown!(without_times(&session.out));
}

#[test]
fn a_backfill_without_a_join_is_blamed_at_its_line() {
    let session = project(BAD).run("rehearse -q --from 0001 --platform supabase --format concise");
    assert_eq!(session.code, Some(1), "{}", session.shown());
    let mut lines = session.out.lines();
    let first = lines.find(|line| !line.starts_with("note:")).unwrap();
    assert!(
        first.starts_with("migrations/0003_backfill.sql:1:1: error[row-moved]:"),
        "{first}"
    );
}

#[test]
fn many_rows_are_timed() {
    let session =
        project(GOOD).run("rehearse -q --from 0001 --platform supabase --rows 500 --format json");
    assert_eq!(session.code, Some(0), "{}", session.shown());
    let rehearsed: serde_json::Value = session
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|line| line["event"] == "rehearsed")
        .unwrap();
    let heavy = rehearsed["files"].as_array().unwrap().iter();
    let rows = heavy.flat_map(|file| file["heavy"].as_array().unwrap());
    let most = rows
        .filter_map(|statement| statement["rows"].as_u64())
        .max();
    assert!(most >= Some(500), "{most:?} rows in {rehearsed}");
}

#[test]
fn the_last_migration_is_rehearsed_when_no_stage_is_named() {
    let session = project(GOOD).run("rehearse -q --platform supabase --format concise");
    assert_eq!(session.code, Some(0), "{}", session.shown());
    assert!(
        session
            .out
            .contains("from 0003_backfill through 0004_policies"),
        "{}",
        session.out
    );
}

#[test]
fn a_stage_after_which_nothing_comes_is_refused() {
    let session = project(GOOD).run("rehearse -q --from 0004_policies --platform supabase");
    assert_eq!(session.code, Some(2), "{}", session.shown());
    assert!(
        session.err.contains("nothing to rehearse"),
        "{}",
        session.err
    );
    let session = project(GOOD).run("rehearse -q --from 0005 --platform supabase");
    assert_eq!(session.code, Some(2), "{}", session.shown());
}

#[test]
fn a_stopped_rehearsal_leaves_nothing() {
    // No statement takes long in a database without rows.
    let slow = "select pg_sleep(60) from public.letters limit 1;";
    let project = Project::of("clean").with("migrations/0003_slow.sql", slow);
    let running = project.start("rehearse migrations");
    crate::support::wait_until("the command begins", || running.err().contains("starting"));
    std::thread::sleep(std::time::Duration::from_secs(3));
    let (postmaster, directory) = running.server();
    running.signal("INT");
    let session = running.end(super::SESSION_LIMIT);
    assert_eq!(session.code, Some(130), "{}", session.shown());
    let events = project.events();
    assert!(
        events.ends_with("{\"v\":1,\"event\":\"interrupted\"}\n"),
        "{events}"
    );
    assert!(!crate::support::is_running(postmaster));
    assert!(!directory.exists(), "{} is left", directory.display());
}

/// Microseconds differ from run to run, and with them which of several locks was held longest.
fn without_times(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains(" ms"))
        .map(|line| format!("{line}\n"))
        .collect()
}
