//! Runs that are killed: their servers go with them, or are swept by the next run.
use super::{at, docker, local, number};
use crate::support::{self, Ground};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Set in the process that the killing tests start: where it shall run its server.
const HOLD: &str = "WATERTIGHT_TEST_HOLDS_SERVER_IN";
/// Set beside it: `local`, a URL, or `docker` and an image.
const SOURCE: &str = "WATERTIGHT_TEST_HOLDS_SOURCE";

/// Not a test of its own: the process that the killing tests start and kill runs it to hold a server.
#[tokio::test]
async fn holds_a_server_until_killed() {
    let Some(base) = std::env::var_os(HOLD) else {
        return;
    };
    let places = support::places_in(Path::new(&base));
    let source = std::env::var(SOURCE).unwrap();
    let request = match (source.as_str(), source.strip_prefix("docker ")) {
        ("local", _) => local(),
        (_, Some(image)) => docker(image),
        (url, None) => at(url),
    };
    let server = support::start(&request, &places).await;
    server.create_database("template").await.unwrap();
    let session = server.connect("template", None).await.unwrap();
    let sql =
        "create role held_member; create role held_login login; grant held_member to held_login;
               create role held_loner; create table t (); grant select on t to held_member";
    session.client().batch_execute(sql).await.unwrap();
    session.close().await;
    server.clone_database("template", "clone").await.unwrap();
    std::fs::write(Path::new(&base).join("ready"), "").unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
}

/// Starts the process above and waits until its server is up.
pub fn hold(ground: &Ground, source: &str) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "server::killed::holds_a_server_until_killed"])
        .env(HOLD, ground.path())
        .env(SOURCE, source)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = command.spawn().unwrap();
    let ready = ground.path().join("ready");
    support::wait_until("the held server is up", || ready.exists());
    child
}

#[test]
fn a_run_that_is_killed_takes_its_server_along() {
    let ground = Ground::new();
    let mut child = hold(&ground, "local");
    let directory = ground.leftovers().pop().unwrap();
    let postmaster = support::postmaster(&directory);
    child.kill().unwrap();
    child.wait().unwrap();
    support::wait_until("the server is gone", || !support::is_running(postmaster));
    support::wait_until("the directory is gone", || !directory.exists());
}

#[tokio::test]
async fn what_a_killed_run_left_is_swept_by_the_next() {
    let ground = Ground::new();
    let mut child = hold(&ground, "local");
    let directory = ground.leftovers().pop().unwrap();
    let postmaster = support::postmaster(&directory);
    // Its watchdog first, as when the machine runs out of memory.
    support::kill(support::parent(postmaster), "KILL");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(support::is_running(postmaster));
    let server = support::start(&local(), &ground.places).await;
    assert!(!support::is_running(postmaster));
    assert!(!directory.exists());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_run_leaves_the_directories_of_live_runs_alone() {
    let ground = Ground::new();
    let first = support::start(&local(), &ground.places).await;
    let second = support::start(&local(), &ground.places).await;
    assert_eq!(number(&first, "postgres", "select 1::int8").await, 1);
    second.stop().await.unwrap();
    assert_eq!(number(&first, "postgres", "select 1::int8").await, 1);
    first.stop().await.unwrap();
}
