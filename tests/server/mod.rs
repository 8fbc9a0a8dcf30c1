//! The server stage with real servers: started, cloned, killed, swept, given by URL.
#[cfg(feature = "docker-tests")]
mod docker;
mod given;
mod killed;
mod private;

use watertight::server::{Request, Server, SourceChoice};

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

fn docker(image: &str) -> Request {
    Request {
        source: SourceChoice::Docker,
        docker_image: Some(image.to_owned()),
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
