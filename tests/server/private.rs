//! A private server from this machine's programs.
use super::{local, number};
use crate::support::{self, Ground};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use watertight::server::{Places, Request, Search, Server, ServerError};
use watertight::sqlstate::SqlState;

#[tokio::test]
async fn a_private_server_starts_answers_and_leaves_nothing() {
    let ground = Ground::new();
    let server = support::start(&local(), &ground.places).await;
    assert!(server.version() >= 140_000);
    let description = server.description();
    assert!(
        description.starts_with("PostgreSQL 1") && description.ends_with(" (local)"),
        "{description}"
    );
    server.create_database("template").await.unwrap();
    assert_eq!(number(&server, "template", "select 1::int8").await, 1);
    let psql = server.psql_command("template");
    assert!(
        psql.starts_with("psql -h /") && psql.ends_with(" template"),
        "{psql}"
    );
    let directory = server.directory().unwrap().to_owned();
    let postmaster = support::postmaster(&directory);
    server.stop().await.unwrap();
    assert!(!directory.exists());
    assert!(!support::is_running(postmaster));
    assert_eq!(ground.leftovers(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_clone_has_what_its_template_had_and_goes_its_own_way() {
    let ground = Ground::new();
    let server = support::start(&local(), &ground.places).await;
    server.create_database("template").await.unwrap();
    let session = server.connect("template", None).await.unwrap();
    session
        .client()
        .batch_execute("create table t as select generate_series(1, 10) as id")
        .await
        .unwrap();
    // Not closed first: a session that is ending must not make the clone fail.
    drop(session);
    server.clone_database("template", "one").await.unwrap();
    server.clone_database("template", "two").await.unwrap();
    let session = server.connect("one", None).await.unwrap();
    session
        .client()
        .batch_execute("delete from t")
        .await
        .unwrap();
    assert_eq!(number(&server, "two", "select count(*) from t").await, 10);
    // With a session inside.
    server.drop_database("one").await.unwrap();
    server.drop_database("one").await.unwrap();
    let twice = server.create_database("two").await.unwrap_err();
    assert_eq!(twice.sqlstate(), Some(SqlState::DuplicateDatabase));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_role_logs_in_as_itself_and_one_that_may_not_is_named() {
    let ground = Ground::new();
    let server = support::start(&local(), &ground.places).await;
    let session = server.connect("postgres", None).await.unwrap();
    session
        .client()
        .batch_execute("create role gateway login; create role \"no login\"")
        .await
        .unwrap();
    let gateway = server.connect("postgres", Some("gateway")).await.unwrap();
    let row = gateway
        .client()
        .query_one(
            "select session_user::text, current_setting('is_superuser')",
            &[],
        )
        .await
        .unwrap();
    assert_eq!((row.get(0), row.get(1)), ("gateway", "off"));
    for role in ["no login", "absent"] {
        let error = server.connect("postgres", Some(role)).await.err().unwrap();
        assert!(
            matches!(&error, ServerError::Login { role: named, .. } if named == role),
            "{error}"
        );
        assert_eq!(error.exit_code(), 2);
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn notices_and_notifications_are_kept() {
    let ground = Ground::new();
    let server = support::start(&local(), &ground.places).await;
    let session = server.connect("postgres", None).await.unwrap();
    session
        .client()
        .batch_execute(
            "listen news; do $$ begin raise warning 'careful' using detail = 'd', hint = 'h', errcode = 'WT001'; end $$;
             notify news, 'token'",
        )
        .await
        .unwrap();
    let notices = session.take_notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].severity, "WARNING");
    assert_eq!(notices[0].sqlstate, SqlState::Other(*b"WT001"));
    assert_eq!(notices[0].detail.as_deref(), Some("d"));
    assert!(
        notices[0]
            .trace
            .as_deref()
            .is_some_and(|t| t.contains("RAISE"))
    );
    assert!(session.take_notices().is_empty());
    session.client().simple_query("select 1").await.unwrap();
    let news = session.take_notifications();
    assert_eq!(
        (news[0].channel.as_str(), news[0].payload.as_str()),
        ("news", "token")
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_dropped_without_stop_is_gone_as_well() {
    let ground = Ground::new();
    let server = support::start(&local(), &ground.places).await;
    let postmaster = support::postmaster(server.directory().unwrap());
    drop(server);
    assert!(!support::is_running(postmaster));
    assert_eq!(ground.leftovers(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_start_that_is_cut_short_leaves_nothing() {
    let ground = Ground::new();
    // The first start makes the cluster, so the second is cut while it copies or waits.
    support::start(&local(), &ground.places)
        .await
        .stop()
        .await
        .unwrap();
    for milliseconds in [1, 15, 30] {
        let limit = Duration::from_millis(milliseconds);
        let _ = tokio::time::timeout(limit, Server::start_in(&local(), &ground.places)).await;
        assert_eq!(
            ground.leftovers(),
            Vec::<PathBuf>::new(),
            "after {milliseconds} ms"
        );
    }
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_is_an_error_at_once() {
    let ground = Ground::new();
    let server = support::start(&local(), &ground.places).await;
    server.create_database("template").await.unwrap();
    let session = server.connect("template", None).await.unwrap();
    let postmaster = support::postmaster(server.directory().unwrap());
    support::kill(postmaster, "QUIT");
    let begun = Instant::now();
    let error = session
        .client()
        .simple_query("select pg_sleep(100)")
        .await
        .unwrap_err();
    let error = ServerError::of("attacking", &error);
    assert!(error.is_gone(), "{error}");
    assert_eq!(error.exit_code(), 5);
    let error = server.clone_database("template", "one").await.unwrap_err();
    assert_eq!(error.exit_code(), 5, "{error}");
    assert!(error.is_gone(), "{error}");
    assert!(
        server
            .connect("template", None)
            .await
            .err()
            .unwrap()
            .is_gone()
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
    server.stop().await.unwrap();
    assert_eq!(ground.leftovers(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_damaged_cluster_in_the_cache_is_made_again() {
    let ground = Ground::with_own_cache();
    support::start(&local(), &ground.places)
        .await
        .stop()
        .await
        .unwrap();
    let clusters = ground.places.cache.clone().unwrap().join("clusters");
    let entry = std::fs::read_dir(&clusters)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    // The same number of files and bytes, so only PostgreSQL can notice.
    let control = entry.join("data/global/pg_control");
    let size = std::fs::metadata(&control).unwrap().len();
    std::fs::write(&control, vec![7; size as usize]).unwrap();
    let server = support::start(&local(), &ground.places).await;
    assert_eq!(number(&server, "postgres", "select 1::int8").await, 1);
    server.stop().await.unwrap();
    assert_ne!(std::fs::read(&control).unwrap()[0], 7);
    // One file less.
    std::fs::remove_file(&control).unwrap();
    support::start(&local(), &ground.places)
        .await
        .stop()
        .await
        .unwrap();
    assert!(control.exists());
}

#[tokio::test]
async fn without_programs_there_is_one_message_that_says_what_to_install() {
    let ground = Ground::new();
    let places = Places {
        search: Search::default(),
        ..ground.places.clone()
    };
    let error = Server::start_in(&local(), &places).await.err().unwrap();
    assert_eq!(error.exit_code(), 5);
    let text = error.to_string();
    for part in [
        "no PostgreSQL programs",
        "apt-get install",
        "dnf install",
        "brew install",
        "--database-url",
    ] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
    let newer = Request {
        postgres: Some(99),
        ..local()
    };
    let text = Server::start_in(&newer, &ground.places)
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(text.contains("no PostgreSQL 99"), "{text}");
}

/// Set in the process that looks for a server where there is none, because `DOCKER_HOST` belongs to a whole process.
const NOWHERE: &str = "WATERTIGHT_TEST_FINDS_NOTHING_IN";

#[tokio::test]
async fn with_neither_programs_nor_docker_both_are_told() {
    let Some(base) = std::env::var_os(NOWHERE) else {
        let ground = Ground::new();
        let status = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "server::private::with_neither_programs_nor_docker_both_are_told",
            ])
            .env(NOWHERE, ground.path())
            .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
            .stdout(Stdio::null())
            .status();
        assert!(status.unwrap().success());
        return;
    };
    let places = Places {
        search: Search::default(),
        ..support::places_in(Path::new(&base))
    };
    let error = Server::start_in(&Request::default(), &places)
        .await
        .err()
        .unwrap();
    assert_eq!(error.exit_code(), 5);
    let text = error.to_string();
    for part in [
        "no PostgreSQL programs",
        "Docker does not answer",
        "apt-get install postgresql",
    ] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}
