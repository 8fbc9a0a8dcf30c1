//! The server stage with real servers: started, cloned, killed, swept, given by URL.
use crate::support::{self, Ground};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use watertight::server::{Places, Request, Search, Server, ServerError, SourceChoice};
use watertight::sqlstate::SqlState;

/// Set in the process that the killing tests start: where it shall run its server.
const HOLD: &str = "WATERTIGHT_TEST_HOLDS_SERVER_IN";
/// Set beside it when that process shall use an existing server.
const HOLD_URL: &str = "WATERTIGHT_TEST_HOLDS_URL";

fn local() -> Request {
    Request {
        source: SourceChoice::Local,
        ..Request::default()
    }
}

fn at(url: &str) -> Request {
    Request {
        source: SourceChoice::Url(url.to_owned()),
        ..Request::default()
    }
}

async fn number(server: &Server, database: &str, sql: &str) -> i64 {
    let session = server.connect(database, None).await.unwrap();
    let number = session.client().query_one(sql, &[]).await.unwrap().get(0);
    session.close().await;
    number
}

/// The superuser's URL of a private server.
fn url_of(server: &Server) -> String {
    let sockets = server.directory().unwrap().join("s");
    format!(
        "postgresql:///postgres?host={}&user=postgres",
        sockets.display()
    )
}

async fn names(server: &Server, sql: &str) -> Vec<String> {
    let session = server.connect("postgres", None).await.unwrap();
    let rows = session.client().query(sql, &[]).await.unwrap();
    session.close().await;
    rows.iter().map(|row| row.get(0)).collect()
}

const DATABASES: &str = "select datname::text from pg_database order by 1";
const ROLES: &str = "select rolname::text from pg_roles where rolname !~ '^pg_' order by 1";

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
    let ground = Ground::new();
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

/// Not a test of its own: the process that the killing tests start and kill runs it to hold a server.
#[tokio::test]
async fn holds_a_server_until_killed() {
    let Some(base) = std::env::var_os(HOLD) else {
        return;
    };
    let places = support::places_in(Path::new(&base));
    let request = std::env::var(HOLD_URL).map_or_else(|_| local(), |url| at(&url));
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
fn hold(ground: &Ground, url: Option<&str>) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "server::holds_a_server_until_killed"])
        .env(HOLD, ground.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(url) = url {
        command.env(HOLD_URL, url);
    }
    let child = command.spawn().unwrap();
    let ready = ground.path().join("ready");
    support::wait_until("the held server is up", || ready.exists());
    child
}

#[test]
fn a_run_that_is_killed_takes_its_server_along() {
    let ground = Ground::new();
    let mut child = hold(&ground, None);
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
    let mut child = hold(&ground, None);
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

#[tokio::test]
async fn a_given_server_is_used_only_inside_scratch_databases_and_left_as_it_was() {
    let ground = Ground::new();
    let owner = support::start(&local(), &ground.places).await;
    owner.create_database("production").await.unwrap();
    let session = owner.connect("production", None).await.unwrap();
    let sql = "create role customer login; create table precious (); grant select on precious to customer";
    session.client().batch_execute(sql).await.unwrap();
    session.close().await;
    let (databases, roles) = (names(&owner, DATABASES).await, names(&owner, ROLES).await);

    let given = support::start(&at(&url_of(&owner)), &ground.places).await;
    assert!(
        given.description().contains(" (at /"),
        "{}",
        given.description()
    );
    given.create_database("production").await.unwrap();
    given.clone_database("production", "clone").await.unwrap();
    assert_eq!(
        number(
            &given,
            "production",
            "select count(*) from pg_class where relname = 'precious'"
        )
        .await,
        0
    );
    let session = given.connect("clone", None).await.unwrap();
    let sql = "create role member; create role login_role login; grant member to login_role; create role loner;
               create table t (); grant select on t to member, customer";
    session.client().batch_execute(sql).await.unwrap();
    session.close().await;
    given
        .connect("clone", Some("login_role"))
        .await
        .unwrap()
        .close()
        .await;
    let during = names(&owner, DATABASES).await;
    let scratch = during.iter().filter(|name| name.starts_with("watertight_"));
    assert_eq!(scratch.count(), 2, "{during:?}");
    assert_eq!(during.len(), databases.len() + 2);
    given.stop().await.unwrap();
    assert_eq!(names(&owner, DATABASES).await, databases);
    assert_eq!(names(&owner, ROLES).await, roles);

    // Dropped without stop.
    let given = support::start(&at(&url_of(&owner)), &ground.places).await;
    given.create_database("template").await.unwrap();
    drop(given);
    assert_eq!(names(&owner, DATABASES).await, databases);
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_killed_run_left_on_a_given_server_is_swept_and_strangers_stay() {
    let ground = Ground::new();
    let owner = support::start(&local(), &ground.places).await;
    let (databases, roles) = (names(&owner, DATABASES).await, names(&owner, ROLES).await);
    let elsewhere = Ground::new();
    let mut child = hold(&elsewhere, Some(&url_of(&owner)));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_ne!(names(&owner, DATABASES).await, databases);
    // Made by a person after the run died: a role, and a database whose name looks like ours.
    let session = owner.connect("postgres", None).await.unwrap();
    for sql in [
        "create role stranger",
        "create database watertight_0badcafe_mine",
    ] {
        session.client().batch_execute(sql).await.unwrap();
    }
    session.close().await;
    support::start(&at(&url_of(&owner)), &ground.places)
        .await
        .stop()
        .await
        .unwrap();
    let mut expected = [databases, vec!["watertight_0badcafe_mine".to_owned()]].concat();
    expected.sort();
    assert_eq!(names(&owner, DATABASES).await, expected);
    let mut expected = [roles, vec!["stranger".to_owned()]].concat();
    expected.sort();
    assert_eq!(names(&owner, ROLES).await, expected);
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn a_given_server_whose_user_is_no_superuser_is_refused_with_the_reason() {
    let ground = Ground::new();
    let owner = support::start(&local(), &ground.places).await;
    let session = owner.connect("postgres", None).await.unwrap();
    session
        .client()
        .batch_execute("create role modest login createdb createrole")
        .await
        .unwrap();
    session.close().await;
    let url = url_of(&owner).replace("user=postgres", "user=modest");
    let error = Server::start_in(&at(&url), &ground.places)
        .await
        .err()
        .unwrap();
    assert_eq!(error.exit_code(), 5);
    let text = error.to_string();
    assert!(
        text.contains("modest is not a superuser") && text.contains("every row"),
        "{text}"
    );
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn a_given_server_that_is_not_there_is_an_error_with_exit_code_5() {
    let ground = Ground::new();
    let url = "postgresql://me@127.0.0.1:1/postgres";
    let error = Server::start_in(&at(url), &ground.places)
        .await
        .err()
        .unwrap();
    assert_eq!(error.exit_code(), 5, "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_change_to_a_role_that_was_there_before_is_told() {
    let ground = Ground::new();
    let owner = support::start(&local(), &ground.places).await;
    let session = owner.connect("postgres", None).await.unwrap();
    session
        .client()
        .batch_execute("create role customer login")
        .await
        .unwrap();
    session.close().await;
    let given = support::start(&at(&url_of(&owner)), &ground.places).await;
    given.create_database("template").await.unwrap();
    let session = given.connect("template", None).await.unwrap();
    session
        .client()
        .batch_execute("alter role customer createdb")
        .await
        .unwrap();
    session.close().await;
    let error = given.stop().await.unwrap_err();
    assert!(error.to_string().contains("\"customer\""), "{error}");
    assert_eq!(names(&owner, DATABASES).await.len(), 3);
    owner.stop().await.unwrap();
}
