//! Why migrations could not be read, and what to do about it.
use crate::error::Failure;
use std::path::PathBuf;

/// Migrations could not be read. Whether they apply is PostgreSQL's to say, later.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("there is no file or directory {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} holds no migrations", path.display())]
    Empty { path: PathBuf },
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is not a Drizzle journal: {reason}", path.display())]
    Journal { path: PathBuf, reason: String },
    #[error("{} names {name}, which does not exist", list.display())]
    Unlisted {
        list: PathBuf,
        name: String,
        nearest: Option<String>,
    },
    #[error("there is no migration {name}")]
    UnknownThrough {
        name: String,
        nearest: Option<String>,
    },
    #[error("{name} names several migrations: {}", matches.join(", "))]
    AmbiguousThrough { name: String, matches: Vec<String> },
    #[error("no migrations were named")]
    NoRoot,
}

impl ReadError {
    /// Usage errors all.
    pub fn exit_code(&self) -> u8 {
        2
    }

    /// The next step.
    pub fn help(&self) -> Option<String> {
        match self {
            ReadError::Missing { .. } | ReadError::NoRoot => {
                Some("name the directory that holds the migrations, or the project's root".to_owned())
            }
            ReadError::Empty { .. } => Some(
                "expected .sql files, or directories with migration.sql or up.sql, as Supabase, Flyway, sqlx, dbmate, goose, \
                 golang-migrate, Prisma, Drizzle or diesel keep them"
                    .to_owned(),
            ),
            ReadError::Unreadable { .. } => {
                Some("check that the file exists and that you may read it".to_owned())
            }
            ReadError::Journal { .. } => Some("let Drizzle generate it again".to_owned()),
            ReadError::Unlisted { nearest, .. } | ReadError::UnknownThrough { nearest, .. } => {
                nearest.as_ref().map(|name| format!("the nearest name is {name}"))
            }
            ReadError::AmbiguousThrough { .. } => Some("write one of them in full".to_owned()),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Failure {
        let failure = Failure::new(error.exit_code(), error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}
