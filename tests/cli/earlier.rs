//! Commands on the events of earlier runs: `merge`, `explain` with a fingerprint, `check --baseline`.
use super::engine::{End, Fake};
use super::{project, session};
use crate::report::samples;
use tempfile::TempDir;
use watertight::cli::Exit;
use watertight::event::{Event, Started, Summary};

/// A project whose last run found every sample.
fn after_a_run() -> TempDir {
    let folder = project("");
    assert_eq!(
        session(folder.path(), "check -q", &Fake::leaking()).exit,
        Exit::Leak
    );
    folder
}

#[test]
fn a_leak_of_the_last_run_is_shown_again() {
    let folder = after_a_run();
    let shown = session(folder.path(), "explain 0123456789ABCDEF", &Fake::clean());
    assert_eq!(shown.exit, Exit::Clean, "{}", shown.err);
    insta::assert_snapshot!(shown.out);
    let accepted = session(folder.path(), "explain 4123", &Fake::clean());
    assert!(
        accepted
            .out
            .ends_with("accepted: names of organizations are public\n"),
        "{}",
        accepted.out
    );
}

#[test]
fn a_fingerprint_that_the_last_run_does_not_tell_is_answered_with_those_it_does() {
    let folder = after_a_run();
    let shown = session(folder.path(), "explain beefbeefbeefbeef", &Fake::clean());
    assert_eq!(shown.exit, Exit::Usage);
    insta::assert_snapshot!(shown.err);
    let nowhere = session(project("").path(), "explain beefbeef", &Fake::clean());
    assert!(
        nowhere
            .err
            .contains("cannot read watertight-out/events.jsonl")
            && nowhere.err.contains("--events FILE"),
        "{}",
        nowhere.err
    );
}

fn part(shard: &str, events: Vec<Event>) -> Fake {
    let started = match samples::started("shop") {
        Event::Started(started) => Event::Started(Started {
            shard: Some(shard.into()),
            ..started
        }),
        other => other,
    };
    let summary = Summary {
        system: "shop".into(),
        attacks: 200,
        stopped: 200,
        ..Summary::default()
    };
    let events = [vec![started], events, vec![Event::Finished(summary)]].concat();
    Fake::telling(events, End::Finished)
}

#[test]
fn parts_are_joined_into_one_report_with_one_exit_code() {
    let folder = project("");
    let leak = Event::Leak(Box::new(samples::findings().remove(0)));
    let run = |line: &str, engine: &Fake| session(folder.path(), line, engine);
    run("check -q --shard 1/2 --output one", &part("1/2", vec![]));
    run("check -q --shard 2/2 --output two", &part("2/2", vec![]));
    run(
        "check -q --shard 2/2 --output bad",
        &part("2/2", vec![leak]),
    );
    let files = |names: [&str; 2]| names.map(|name| format!("{name}/events.jsonl")).join(" ");
    let clean = run(&format!("merge {}", files(["one", "two"])), &Fake::clean());
    assert_eq!(clean.exit, Exit::Clean, "{}", clean.shown());
    insta::assert_snapshot!(clean.shown());
    let leaks = run(
        &format!("merge -q {}", files(["one", "bad"])),
        &Fake::clean(),
    );
    assert_eq!(leaks.exit, Exit::Leak);
    let open = run("merge -q one/events.jsonl", &Fake::clean());
    assert_eq!(open.exit, Exit::Unproven);
    assert!(open.out.contains("part 2/2"), "{}", open.out);
    let absent = run("merge one/events.jsonl three/events.jsonl", &Fake::clean());
    assert_eq!(absent.exit, Exit::Usage);
}

#[test]
fn the_whole_decides_what_is_accepted() {
    let folder = project("");
    let leak = Event::Leak(Box::new(samples::findings().remove(0)));
    let run = |line: &str, engine: &Fake| session(folder.path(), line, engine);
    run(
        "check -q --output one --shard 1/2",
        &part("1/2", vec![leak]),
    );
    run("check -q --output two --shard 2/2", &part("2/2", vec![]));
    let accept = |fingerprint: &str| {
        let text = format!("accept = [{{ fingerprint = \"{fingerprint}\", reason = \"known\" }}]");
        std::fs::write(folder.path().join("watertight.toml"), text).unwrap();
    };
    accept("0123456789abcdef");
    let line = "merge -q --format concise one/events.jsonl two/events.jsonl";
    let accepted = run(line, &Fake::clean());
    assert_eq!(accepted.exit, Exit::Clean, "{}", accepted.shown());
    assert!(
        accepted.out.contains("; 1 finding accepted"),
        "{}",
        accepted.out
    );
    let again = run(
        "merge -q --format concise watertight-out/events.jsonl",
        &Fake::clean(),
    );
    assert_eq!(
        again.out, accepted.out,
        "an acceptance that was used is used"
    );
    accept("beefbeefbeefbeef");
    let unused = run(line, &Fake::clean());
    assert_eq!(unused.exit, Exit::Leak);
    assert!(
        unused.out.contains("there is no such leak"),
        "{}",
        unused.out
    );
    let open = run("merge -q --format concise one/events.jsonl", &Fake::clean());
    assert!(!open.out.contains("there is no such leak"), "{}", open.out);
}

#[test]
fn a_file_may_be_joined_into_its_own_place() {
    let folder = after_a_run();
    let line = "merge -q --format concise watertight-out/events.jsonl";
    let first = session(folder.path(), line, &Fake::clean());
    let second = session(folder.path(), line, &Fake::clean());
    assert_eq!(first.exit, Exit::Leak);
    assert_eq!(first.out, second.out);
}

#[test]
fn a_run_with_a_baseline_fails_only_for_what_is_new() {
    let folder = after_a_run();
    let mut engine = Fake::leaking();
    engine
        .events
        .retain(|event| !matches!(event, Event::Errored { .. }));
    let line = "check -q --format concise --baseline watertight-out/events.jsonl";
    let known = session(folder.path(), line, &engine);
    assert_eq!(known.exit, Exit::Clean, "{}", known.shown());
    assert!(
        known
            .out
            .contains("(accepted: known: it is in watertight-out/events.jsonl)"),
        "{}",
        known.out
    );
    let missing = session(folder.path(), "check --baseline none.jsonl", &engine);
    assert_eq!(missing.exit, Exit::Usage);
    assert!(
        missing.err.contains("leave out `--baseline`"),
        "{}",
        missing.err
    );
}

#[test]
fn time_is_shared_by_the_systems_that_are_left() {
    let folder = project(
        "[systems.shop]\nmigrations = \"supabase/migrations\"\n\
         [systems.blog]\nmigrations = \"supabase/migrations\"\n",
    );
    let engine = Fake::clean();
    session(folder.path(), "check -q --time 20m --shard 3/4", &engine);
    let plans = engine.plans.borrow();
    let minutes = |at: usize| plans[at].time.unwrap().as_secs_f64() / 60.0;
    assert!((9.5..=10.0).contains(&minutes(0)), "{}", minutes(0));
    assert!((19.0..=20.0).contains(&minutes(1)), "{}", minutes(1));
    assert_eq!(plans[1].shard.unwrap().to_string(), "3/4");
    assert!(plans[0].partial);
}
