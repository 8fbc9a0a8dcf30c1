//! Sessions that are cut short: by Ctrl-C, by kill, by a server that dies. Nothing may hang or stay behind.
use super::{Project, Running};
use crate::support;
use rstest::rstest;
use std::path::Path;
use std::time::Duration;

/// Ending takes a fraction of a second; a loaded machine may need more.
const END_LIMIT: Duration = Duration::from_secs(30);

/// The slow project keeps a run busy for some ten seconds, after its leaks were found.
fn start() -> (Project, Running) {
    let project = Project::of("slow");
    let running = project.start("check migrations --jobs 1");
    running.wait_until_attacking();
    (project, running)
}

#[track_caller]
fn expect_gone(postmaster: u32, directory: &Path) {
    assert!(!support::is_running(postmaster), "the server still runs");
    assert!(!directory.exists(), "{} is left", directory.display());
}

#[rstest]
#[case::ctrl_c("INT")]
#[case::terminated("TERM")]
#[case::terminal_closed("HUP")]
fn a_stopped_run_tells_what_it_found_and_leaves_nothing(#[case] signal: &str) {
    // How soon the leaks are found depends on the machine, so that a stop that came too early is tried again later.
    for seconds in [3, 6, 10, 15] {
        let (project, running) = start();
        let (postmaster, directory) = running.server();
        std::thread::sleep(Duration::from_secs(seconds));
        running.signal(signal);
        let session = running.end(END_LIMIT);
        assert_eq!(session.code, Some(130), "{}", session.shown());
        expect_gone(postmaster, &directory);
        let events = project.events();
        assert!(
            events.ends_with("{\"v\":1,\"event\":\"interrupted\"}\n"),
            "{events}"
        );
        assert!(!events.contains("\"event\":\"unproven\""), "{events}");
        assert!(
            session
                .out
                .contains("interrupted: this is what was found until then")
        );
        if events.contains("\"event\":\"leak\"") {
            assert!(session.out.contains("error[read-row]"), "{}", session.out);
            return;
        }
    }
    panic!("no stop came after the leaks were found and before the run's end");
}

#[test]
fn a_run_that_is_stopped_before_it_attacks_ends_at_once() {
    let project = Project::of("slow");
    let running = project.start("check migrations");
    support::wait_until("the run begins", || running.err().contains("starting"));
    running.signal("INT");
    let session = running.end(END_LIMIT);
    assert_eq!(session.code, Some(130), "{}", session.shown());
    assert_eq!(project.events(), "{\"v\":1,\"event\":\"interrupted\"}\n");
}

#[test]
fn a_run_that_is_killed_takes_its_server_along() {
    let (_project, running) = start();
    let (postmaster, directory) = running.server();
    running.signal("KILL");
    assert_eq!(running.end(END_LIMIT).code, None);
    support::wait_until("the server is gone", || !support::is_running(postmaster));
    support::wait_until("the directory is gone", || !directory.exists());
}

#[test]
fn a_run_that_is_killed_together_with_its_watchdog_is_swept_by_the_next() {
    let (project, running) = start();
    let (postmaster, directory) = running.server();
    support::kill(support::parent(postmaster), "KILL");
    running.signal("KILL");
    assert_eq!(running.end(END_LIMIT).code, None);
    assert!(support::is_running(postmaster));
    let next = project.run("list migrations -q");
    assert_eq!(next.code, Some(0), "{}", next.err);
    expect_gone(postmaster, &directory);
}

#[rstest]
#[case::crash("KILL")]
#[case::shut_down("QUIT")]
fn a_server_that_dies_ends_the_run_with_one_message(#[case] signal: &str) {
    let (project, running) = start();
    let (postmaster, directory) = running.server();
    support::kill(postmaster, signal);
    let session = running.end(END_LIMIT);
    assert_eq!(session.code, Some(5), "{}", session.shown());
    let (_, error) = session.err.split_once("error: ").unwrap();
    assert!(
        error.starts_with("the PostgreSQL server went away while "),
        "{error}"
    );
    assert!(
        error.contains("help: run again to get a new one"),
        "{error}"
    );
    assert!(!error.contains("error:"), "{error}");
    assert!(
        project
            .events()
            .contains("\"event\":\"failed\",\"exit_code\":5")
    );
    expect_gone(postmaster, &directory);
}
