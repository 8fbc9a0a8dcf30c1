//! A server given by URL: used only inside scratch databases, and left as it was.
use super::killed::hold;
use super::{DATABASES, ROLES, at, local, names, number, url_of};
use crate::support::{self, Ground};
use watertight::server::Server;

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
    let mut child = hold(&elsewhere, &url_of(&owner));
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
