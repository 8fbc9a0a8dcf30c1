//! PostgreSQL's own load generator, sending the very messages that attacks are.
use std::path::{Path, PathBuf};
use std::process::Command;
use watertight::check::Worker;
use watertight::migrations;

/// One client over the simple protocol, each message waited for.
pub struct Pgbench {
    program: PathBuf,
    host: String,
    port: String,
    database: String,
    login: String,
    timeout: String,
    script: tempfile::NamedTempFile,
}

impl Pgbench {
    /// pgbench of the server that `worker` is connected to, as the same login and in the same database.
    pub async fn new(worker: &Worker, messages: &[&str]) -> Pgbench {
        let asked = worker
            .superuser
            .client()
            .query_one(
                "SELECT (SELECT setting FROM pg_config WHERE name = 'BINDIR'), current_setting('unix_socket_directories'),
                        current_setting('port'), current_database()::text, current_setting('statement_timeout')",
                &[],
            )
            .await
            .expect("the server answers");
        let login = worker
            .gateway
            .client()
            .query_one("SELECT session_user::text", &[]);
        let login = login.await.expect("the server answers").get(0);
        let beside: PathBuf = Path::new(asked.get::<_, &str>(0)).join("pgbench");
        let script =
            tempfile::NamedTempFile::new().expect("the temporary directory can be written to");
        std::fs::write(script.path(), lines(messages))
            .expect("the temporary file can be written to");
        Pgbench {
            program: if beside.is_file() {
                beside
            } else {
                PathBuf::from("pgbench")
            },
            host: asked.get(1),
            port: asked.get(2),
            database: asked.get(3),
            login,
            timeout: asked.get(4),
            script,
        }
    }

    /// Seconds for so many passes over all messages, without the time to connect.
    pub fn seconds(&self, passes: usize) -> f64 {
        let output = Command::new(&self.program)
            .args([
                "-n",
                "-M",
                "simple",
                "-c",
                "1",
                "-j",
                "1",
                "-t",
                &passes.to_string(),
            ])
            .args(["-h", &self.host, "-p", &self.port, "-U", &self.login, "-f"])
            .arg(self.script.path())
            .arg(&self.database)
            .env(
                "PGOPTIONS",
                format!("-c statement_timeout={}", self.timeout),
            )
            .output()
            .expect("pgbench is installed beside the server");
        let text = String::from_utf8_lossy(&output.stdout);
        let rate = text
            .lines()
            .find_map(|line| {
                line.strip_prefix("tps = ")?
                    .split(' ')
                    .next()?
                    .parse::<f64>()
                    .ok()
            })
            .filter(|_| output.status.success());
        let rate =
            rate.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
        passes as f64 / rate
    }
}

/// A script with one message a line: `\;` keeps statements in one message, `;` sends it.
fn lines(messages: &[&str]) -> String {
    let mut script = String::new();
    for message in messages {
        let pieces = migrations::split(message, 0..message.len()).pieces;
        let statements: Vec<&str> = pieces
            .iter()
            .map(|piece| &message[piece.span.clone()])
            .collect();
        script.push_str(&statements.join("\\; "));
        script.push_str(";\n");
    }
    // A script must not end inside of a transaction; `observe` ends with the same statement.
    script.push_str("ROLLBACK;\n");
    script
}
