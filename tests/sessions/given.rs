//! Sessions on a server that was there before: it is left as it was found.
use super::Project;
use crate::support::{self, Ground};
use watertight::server::{Request, Server, SourceChoice};

/// Databases and roles, as a later user of the server would see them.
async fn inventory(server: &Server) -> Vec<String> {
    let sql = "select 'database ' || datname from pg_database
         union all select 'role ' || rolname || rolcanlogin::text from pg_roles
         union all select 'setting ' || setconfig::text from pg_db_role_setting order by 1";
    let session = server.connect("postgres", None).await.unwrap();
    let rows = session.client().query(sql, &[]).await.unwrap();
    session.close().await;
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_given_server_is_left_as_it_was_found() {
    let ground = Ground::new();
    let request = Request {
        source: SourceChoice::Local,
        ..Request::default()
    };
    let server = support::start(&request, &ground.places).await;
    let before = inventory(&server).await;
    let sockets = server.directory().unwrap().join("s");
    let url = format!(
        "postgresql:///postgres?host={}&user=postgres",
        sockets.display()
    );

    let project = Project::of("leaking");
    let session = project.run(&format!(
        "check migrations -q --format concise --database-url {url}"
    ));
    assert_eq!(session.code, Some(1), "{}", session.err);
    assert_eq!(inventory(&server).await, before);

    let failing = Project::of("clean").with("migrations/0003.sql", "select 1 / 0;\n");
    let session = failing.run(&format!("check migrations -q --database-url {url}"));
    assert_eq!(session.code, Some(2), "{}", session.err);
    assert_eq!(inventory(&server).await, before);

    let slow = Project::of("slow");
    let running = slow.start(&format!("check migrations --jobs 1 --database-url {url}"));
    running.wait_until_attacking();
    running.signal("INT");
    let session = running.end(std::time::Duration::from_secs(60));
    assert_eq!(session.code, Some(130), "{}", session.err);
    assert_eq!(inventory(&server).await, before);
    server.stop().await.unwrap();
}
