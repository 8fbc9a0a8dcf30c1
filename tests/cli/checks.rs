//! `watertight check`, from the flags to the exit code.
use super::engine::{DROPPED, End, Fake};
use super::{project, session};
use crate::report::samples;
use std::sync::atomic::Ordering;
use watertight::cli::Exit;
use watertight::error::Failure;
use watertight::event::Event;

fn events(folder: &tempfile::TempDir) -> String {
    std::fs::read_to_string(folder.path().join("watertight-out/events.jsonl")).unwrap()
}

#[test]
fn a_clean_run_says_little() {
    let folder = project("");
    let session = session(folder.path(), "check", &Fake::clean());
    insta::assert_snapshot!(session.shown());
}

#[test]
fn a_leaking_run_is_shown_and_fails() {
    let folder = project("");
    let session = session(folder.path(), "check supabase/migrations", &Fake::leaking());
    assert_eq!(session.exit, Exit::Leak);
    insta::assert_snapshot!(session.shown());
    assert_eq!(events(&folder).lines().count(), samples::run().len() - 1);
}

#[test]
fn json_on_standard_output_equals_the_event_file() {
    let folder = project("");
    let session = session(folder.path(), "check -q --format json", &Fake::leaking());
    assert_eq!(session.out, events(&folder));
    assert_eq!(session.err, "");
}

#[test]
fn an_accepted_leak_does_not_fail_the_run() {
    let accept = samples::findings()
        .iter()
        .map(|finding| {
            format!(
                "{{ fingerprint = \"{}\", reason = \"known\" }},",
                finding.fingerprint
            )
        })
        .collect::<String>();
    let allow = ["members", "a", "b", "c", "d", "e"]
        .map(|table| format!("{{ object = \"public.{table}\", reason = \"known\" }},"))
        .concat();
    let folder = project(&format!(
        "accept = [{accept}]\nallow_unproven = [{allow}]\n"
    ));
    let mut engine = Fake::leaking();
    engine
        .events
        .retain(|event| !matches!(event, Event::Errored { .. }));
    let session = session(folder.path(), "check --format concise", &engine);
    assert_eq!(session.exit, Exit::Clean, "{}", session.shown());
    assert!(
        session.out.ends_with("; 5 findings accepted\n"),
        "{}",
        session.out
    );
}

#[test]
fn an_acceptance_that_matches_nothing_is_told() {
    let folder = project(
        "accept = [{ probe = \"unique-key\", object = \"public.gone\", reason = \"known\" }]\n\
         allow_unproven = [{ object = \"public.reports\", reason = \"filled later\" }]",
    );
    let told = session(folder.path(), "check", &Fake::clean());
    assert!(
        told.out.contains("accepts unique-key on public.gone"),
        "{}",
        told.out
    );
    assert!(
        told.out.contains("allows public.reports to stay unproven"),
        "{}",
        told.out
    );
    let partial = session(folder.path(), "check --probe reassign-row", &Fake::clean());
    assert!(!partial.out.contains("public.gone"), "{}", partial.out);
}

#[test]
fn an_acceptance_that_has_ended_accepts_nothing() {
    let folder = project(
        "accept = [{ fingerprint = \"0123456789abcdef\", reason = \"until the release\", until = 2020-01-31 }]",
    );
    let session = session(folder.path(), "check", &Fake::leaking());
    assert_eq!(session.exit, Exit::Leak);
    assert!(
        session
            .out
            .contains("accepted until 2020-01-31 (until the release)"),
        "{}",
        session.out
    );
}

#[test]
fn unproven_cells_fail_unless_allowed() {
    let mut engine = Fake::leaking();
    engine
        .events
        .retain(|event| !matches!(event, Event::Leak(_) | Event::Errored { .. }));
    let folder = project("");
    assert_eq!(
        session(folder.path(), "check", &engine).exit,
        Exit::Unproven
    );
    let allowed = session(folder.path(), "check --allow-unproven", &engine);
    assert_eq!(allowed.exit, Exit::Clean);
    assert!(
        allowed.out.contains("unproven, but allowed: 8 cells"),
        "{}",
        allowed.out
    );
}

#[test]
fn a_stopped_run_keeps_what_it_found_and_drops_the_server() {
    let before = DROPPED.load(Ordering::SeqCst);
    let mut found = samples::run();
    found.truncate(3);
    let folder = project("");
    let session = session(
        folder.path(),
        "check -q --format concise",
        &Fake::telling(found, End::Stopped),
    );
    assert_eq!(session.exit, Exit::Interrupted);
    assert!(DROPPED.load(Ordering::SeqCst) > before);
    insta::assert_snapshot!(session.out);
    assert!(events(&folder).ends_with("{\"v\":1,\"event\":\"interrupted\"}\n"));
}

#[test]
fn a_panic_is_our_bug_and_drops_the_server() {
    let before = DROPPED.load(Ordering::SeqCst);
    let mut found = samples::run();
    found.truncate(3);
    let folder = project("");
    let session = session(folder.path(), "check", &Fake::telling(found, End::Panicked));
    assert_eq!(session.exit, Exit::Bug);
    assert!(DROPPED.load(Ordering::SeqCst) > before);
    assert!(events(&folder).contains("\"event\":\"leak\""));
}

#[test]
fn a_migration_that_does_not_apply_is_told_on_standard_error() {
    let folder = project("");
    let engine = Fake::telling(Vec::new(), End::Failed(samples::failure()));
    let session = session(folder.path(), "check supabase/migrations", &engine);
    insta::assert_snapshot!(session.shown());
    assert!(events(&folder).contains("\"event\":\"failed\",\"exit_code\":2"));
}

#[test]
fn every_promised_code_of_a_failure_is_passed_on() {
    let folder = project("");
    for exit in [Exit::Usage, Exit::Baseline, Exit::NoServer, Exit::Bug] {
        let failure = Failure::new(exit.code(), "no");
        let engine = Fake::telling(Vec::new(), End::Failed(failure));
        assert_eq!(session(folder.path(), "check", &engine).exit, exit);
    }
}

#[test]
fn all_systems_of_the_configuration_are_checked_in_turn() {
    let folder = project(
        "[systems.shop]\nmigrations = \"supabase/migrations\"\n\
         [systems.blog]\nmigrations = [\"supabase/migrations\", \"supabase\"]\nplatform = \"none\"\n",
    );
    let engine = Fake::clean();
    let session = session(folder.path(), "check", &engine);
    let systems: Vec<String> = engine
        .plans
        .borrow()
        .iter()
        .map(|plan| plan.system.clone())
        .collect();
    assert_eq!(systems, ["shop", "blog"]);
    assert_eq!(session.out.lines().count(), 2, "{}", session.out);
}

#[test]
fn further_reports_go_into_their_files() {
    let folder = project("report = [\"junit=of/config.xml\"]\n");
    let out = folder.path().join("a/b");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("summary.md"), "of the last run").unwrap();
    let line =
        "check -q --format concise --report markdown=a/b/summary.md --report json=a/all.jsonl";
    let told = session(folder.path(), line, &Fake::leaking());
    assert!(
        told.out.contains("error") || told.out.contains("412 attacks"),
        "{}",
        told.out
    );
    let summary = std::fs::read_to_string(out.join("summary.md")).unwrap();
    assert!(summary.starts_with("## ❌ 4 leaks"), "{summary}");
    let lines = std::fs::read_to_string(folder.path().join("a/all.jsonl")).unwrap();
    assert_eq!(lines, events(&folder));
    assert!(
        !folder.path().join("of").exists(),
        "flags replace what the file says"
    );
    let told = session(folder.path(), "check -q --format concise", &Fake::leaking());
    assert_eq!(told.exit, Exit::Leak);
    assert!(folder.path().join("of/config.xml").exists());
}

#[test]
fn a_report_without_a_file_or_of_an_unknown_format_is_a_usage_error() {
    let folder = project("");
    let told = session(folder.path(), "check --report junit", &Fake::clean());
    assert_eq!(told.exit, Exit::Usage);
    assert!(told.err.contains("write it as FORMAT=FILE"), "{}", told.err);
    let told = session(folder.path(), "check --report junti=a.xml", &Fake::clean());
    assert_eq!(told.exit, Exit::Usage);
    assert!(told.err.contains("did you mean `junit`?"), "{}", told.err);
    let told = session(
        folder.path(),
        "check --report junit=supabase",
        &Fake::clean(),
    );
    assert_eq!(told.exit, Exit::Usage);
    assert!(told.err.contains("cannot write the report"), "{}", told.err);
}
