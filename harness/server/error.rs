//! What can go wrong with a server: each error says what could not be done, where, and what to do next.
use crate::sqlstate::SqlState;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_postgres::error::{DbError, Severity};

/// Why there is no server, or why it did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No source could serve; holds what was tried, one sentence each.
    #[error("{}", none_found(tried, *wanted))]
    NoneFound {
        tried: Vec<String>,
        wanted: Option<u32>,
    },
    #[error("{server} did not start: {reason}{}", indented(output))]
    Start {
        server: String,
        reason: String,
        /// The last lines of its log.
        output: String,
    },
    #[error(
        "gave up {doing} after {} s; the machine may be overloaded: try again, or use another server with --server or --database-url",
        limit.as_secs()
    )]
    Timeout { doing: String, limit: Duration },
    #[error("the PostgreSQL server went away while {doing}: {reason}; run again to get a new one")]
    Gone { doing: String, reason: String },
    #[error(
        "the PostgreSQL server refused {doing}: {message} (SQLSTATE {sqlstate}){}",
        indented(detail)
    )]
    Refused {
        doing: String,
        sqlstate: SqlState,
        message: String,
        /// The server's detail and hint, may be empty.
        detail: String,
    },
    #[error("the role {role} cannot log in: {message} (SQLSTATE {sqlstate}); {help}")]
    Login {
        role: String,
        sqlstate: SqlState,
        message: String,
        help: String,
    },
    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("Docker: {reason}; {help}")]
    Docker { reason: String, help: String },
    #[error(
        "the database URL cannot be read: {reason}; write it as postgresql://user:password@host:5432/database"
    )]
    Url { reason: String },
    #[error("the server at the database URL cannot be used: {reason}; {help}")]
    Unusable { reason: String, help: String },
    #[error("{name:?} cannot name a scratch database: {reason}")]
    Name { name: String, reason: &'static str },
    #[error("something was left on the server: {}", left.join("; "))]
    Left { left: Vec<String> },
}

impl ServerError {
    /// The exit code of a run that ends with this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            ServerError::Url { .. } | ServerError::Login { .. } => 2,
            ServerError::Name { .. } => 70,
            _ => 5,
        }
    }

    /// The server is no longer there, as opposed to refusing one request.
    pub fn is_gone(&self) -> bool {
        matches!(self, ServerError::Gone { .. })
    }

    /// Tells a lost server from a refused request; `doing` continues "while …", as in `cloning a database`.
    pub fn of(doing: impl Into<String>, error: &tokio_postgres::Error) -> ServerError {
        let doing = doing.into();
        match error.as_db_error() {
            Some(refusal) if !ends_session(refusal) => {
                let parts = [refusal.detail(), refusal.hint()];
                ServerError::Refused {
                    doing,
                    sqlstate: refusal.code().into(),
                    message: refusal.message().to_owned(),
                    detail: parts.into_iter().flatten().collect::<Vec<_>>().join("\n"),
                }
            }
            Some(refusal) => ServerError::Gone {
                doing,
                reason: refusal.message().to_owned(),
            },
            None => ServerError::Gone {
                doing,
                reason: with_causes(error),
            },
        }
    }

    pub(super) fn io(
        doing: &'static str,
        path: impl AsRef<Path>,
    ) -> impl FnOnce(std::io::Error) -> ServerError {
        let path = path.as_ref().to_owned();
        move |source| ServerError::Io {
            doing,
            path,
            source,
        }
    }

    /// The SQLSTATE, where the server gave one.
    pub fn sqlstate(&self) -> Option<SqlState> {
        match self {
            ServerError::Refused { sqlstate, .. } | ServerError::Login { sqlstate, .. } => {
                Some(*sqlstate)
            }
            _ => None,
        }
    }
}

/// Whether an error ended the session. One of another server, which a foreign table told of, has the same SQLSTATE and
/// only ends the statement (manual, 55.8: FATAL and PANIC end the connection).
pub fn ends_session(error: &DbError) -> bool {
    let fatal = matches!(
        error.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    );
    fatal && SqlState::from(error.code()).is_connection_loss()
}

/// Runs `work`, but not for longer than `limit`.
pub async fn within<T>(
    limit: Duration,
    doing: &str,
    work: impl Future<Output = Result<T, ServerError>>,
) -> Result<T, ServerError> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(ServerError::Timeout {
            doing: doing.to_owned(),
            limit,
        }),
    }
}

/// An error with its causes: tokio-postgres says "error connecting to server" and keeps the reason below it.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            let _ = write!(text, ": {more}");
        }
        cause = error.source();
    }
    text
}

/// What the server said, which tokio-postgres would shorten to "db error".
pub fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(refusal) => format!("{} (SQLSTATE {})", refusal.message(), refusal.code().code()),
        None => with_causes(error),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("\n  {line}")).collect()
}

fn none_found(tried: &[String], wanted: Option<u32>) -> String {
    let mut text = match wanted {
        Some(major) => format!("no PostgreSQL {major} was found; this was tried:"),
        None => "no PostgreSQL server was found; this was tried:".to_owned(),
    };
    for line in tried {
        let _ = write!(text, "\n  - {line}");
    }
    let _ = write!(text, "\n{}", installing(wanted));
    text
}

/// How a machine gets a server.
pub(super) fn installing(wanted: Option<u32>) -> String {
    let debian = wanted.map_or("postgresql".to_owned(), |n| format!("postgresql-{n}"));
    let brew = wanted.unwrap_or(super::NEWEST);
    format!(
        "install PostgreSQL {oldest} or newer, which need not run, as a private server is started from its programs: \
         `apt-get install {debian}` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora), \
         `brew install postgresql@{brew}` (macOS); or start Docker, or name a server that you may use with --database-url",
        oldest = super::OLDEST,
    )
}
