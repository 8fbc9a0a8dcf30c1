//! What can go wrong while plans are asked for.
use crate::server::told;
use crate::sqlstate::SqlState;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum PlanError {
    /// The server refused the statement, or something that was to come before it.
    #[error("the server refused to explain {statement}: {message} (SQLSTATE {sqlstate})")]
    Refused {
        /// One line of it.
        statement: String,
        sqlstate: SqlState,
        message: String,
    },
    /// Never leaves a trial, which goes on with real indexes.
    #[error(
        "hypothetical indexes of {table} are not seen by the planner\n  next: this is a bug in watertight; please report it"
    )]
    Unseen { table: String },
    #[error(
        "the server went away while plans were asked for: {}\n  next: run again",
        told(source)
    )]
    Lost { source: tokio_postgres::Error },
    #[error(
        "a plan is not as expected: {reason}\n  next: this is a bug in watertight; please report it with the statement: {statement}"
    )]
    Unreadable { statement: String, reason: String },
}

impl PlanError {
    /// 2 for a statement that the schema does not answer, 5 for a server that is gone, 70 for our own bugs.
    pub fn exit_code(&self) -> u8 {
        match self {
            PlanError::Refused { .. } => 2,
            PlanError::Lost { .. } => 5,
            PlanError::Unseen { .. } | PlanError::Unreadable { .. } => 70,
        }
    }

    pub(super) fn of(statement: &str, source: tokio_postgres::Error) -> PlanError {
        match source.as_db_error() {
            Some(found) => PlanError::Refused {
                statement: head(statement),
                sqlstate: found.code().into(),
                message: found.message().to_owned(),
            },
            None => PlanError::Lost { source },
        }
    }

    pub(super) fn unreadable(statement: &str, reason: impl ToString) -> PlanError {
        PlanError::Unreadable {
            statement: head(statement),
            reason: reason.to_string(),
        }
    }
}

/// Characters of a statement that an error shows.
const HEAD: usize = 120;

fn head(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(HEAD) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
