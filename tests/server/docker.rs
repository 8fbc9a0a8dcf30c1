//! A server in a container. Needs an engine and an image, so these tests are behind the feature `docker-tests`.
use super::killed::hold;
use super::{docker, local, number};
use crate::support::{self, Ground};
use std::path::PathBuf;
use std::process::Command;
use watertight::server::{Places, Request, Search, Server, SourceChoice};

/// The image under test, made by `.ci/docker-image.sh`.
fn image() -> String {
    std::env::var("WATERTIGHT_DOCKER_IMAGE")
        .expect("the docker-tests need WATERTIGHT_DOCKER_IMAGE to name an image of PostgreSQL; .ci/docker-image.sh makes one")
}

/// Containers of the run whose directory is in this ground, running or not.
fn containers(ground: &Ground) -> usize {
    let format = r#"{{.Label "watertight.lock"}}"#;
    let output = Command::new("docker")
        .args([
            "ps",
            "--all",
            "--filter",
            "label=watertight.run",
            "--format",
            format,
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let locks = String::from_utf8(output.stdout).unwrap();
    let here = ground.path().to_string_lossy().into_owned();
    locks.lines().filter(|lock| lock.starts_with(&here)).count()
}

#[tokio::test]
async fn a_container_starts_answers_clones_and_is_removed() {
    let ground = Ground::new();
    let server = support::start(&docker(&image()), &ground.places).await;
    assert_eq!(containers(&ground), 1);
    assert!(
        server
            .description()
            .ends_with(&format!("(docker {})", image()))
    );
    server.create_database("template").await.unwrap();
    let session = server.connect("template", None).await.unwrap();
    let sql = "create table t as select 7::int8 as n; create role gateway login; grant select on t to gateway";
    session.client().batch_execute(sql).await.unwrap();
    session.close().await;
    server.clone_database("template", "one").await.unwrap();
    assert_eq!(number(&server, "one", "select n from t").await, 7);
    let gateway = server.connect("one", Some("gateway")).await.unwrap();
    let row = gateway
        .client()
        .query_one("select session_user::text", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), "gateway");
    gateway.close().await;
    let fsync = "select count(*) from pg_settings where name = 'fsync' and setting = 'off'";
    assert_eq!(number(&server, "one", fsync).await, 1);
    assert!(server.psql_command("one").starts_with("PGPASSWORD="));
    server.stop().await.unwrap();
    assert_eq!(containers(&ground), 0);
    assert_eq!(ground.leftovers(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_container_whose_server_is_dropped_is_removed() {
    let ground = Ground::new();
    drop(support::start(&docker(&image()), &ground.places).await);
    assert_eq!(containers(&ground), 0);
    assert_eq!(ground.leftovers(), Vec::<PathBuf>::new());
}

#[test]
fn a_container_whose_server_is_dropped_outside_of_the_runtime_is_removed() {
    let ground = Ground::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(support::start(&docker(&image()), &ground.places));
    drop(runtime);
    drop(server);
    assert_eq!(containers(&ground), 0);
}

#[tokio::test]
async fn a_start_that_is_cut_short_leaves_no_container() {
    let ground = Ground::new();
    for milliseconds in [50, 300, 700] {
        let limit = std::time::Duration::from_millis(milliseconds);
        let request = docker(&image());
        let _ = tokio::time::timeout(limit, Server::start_in(&request, &ground.places)).await;
        assert_eq!(containers(&ground), 0, "after {milliseconds} ms");
    }
}

#[tokio::test]
async fn the_container_of_a_killed_run_is_swept_by_the_next_even_a_local_one() {
    let ground = Ground::new();
    let mut child = hold(&ground, &format!("docker {}", image()));
    assert_eq!(containers(&ground), 1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(containers(&ground), 1);
    let server = support::start(&local(), &ground.places).await;
    assert_eq!(containers(&ground), 0);
    server.stop().await.unwrap();
    assert_eq!(ground.leftovers(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn without_local_programs_auto_takes_docker() {
    let ground = Ground::new();
    let places = Places {
        search: Search::default(),
        ..ground.places.clone()
    };
    let request = Request {
        source: SourceChoice::Auto,
        ..docker(&image())
    };
    let server = support::start(&request, &places).await;
    assert!(server.description().contains("(docker "));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_image_that_does_not_exist_is_named_with_exit_code_5() {
    let ground = Ground::new();
    let request = docker("watertight.invalid/none:1");
    let error = Server::start_in(&request, &ground.places)
        .await
        .err()
        .unwrap();
    assert_eq!(error.exit_code(), 5);
    assert!(
        error.to_string().contains("watertight.invalid/none:1"),
        "{error}"
    );
    assert_eq!(ground.leftovers(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_container_that_dies_in_the_middle_is_an_error_at_once() {
    let ground = Ground::new();
    let server = support::start(&docker(&image()), &ground.places).await;
    let session = server.connect("postgres", None).await.unwrap();
    let lock = format!(
        "label=watertight.lock={}/lock",
        ground.leftovers()[0].display()
    );
    let found = Command::new("docker")
        .args(["ps", "-q", "--filter", &lock])
        .output()
        .unwrap();
    let id = String::from_utf8(found.stdout).unwrap();
    assert!(
        Command::new("docker")
            .args(["kill", id.trim()])
            .output()
            .unwrap()
            .status
            .success()
    );
    assert!(session.client().simple_query("select 1").await.is_err());
    assert_eq!(
        server.create_database("one").await.unwrap_err().exit_code(),
        5
    );
    server.stop().await.unwrap();
    assert_eq!(containers(&ground), 0);
}
