//! What can go wrong while attacks run, other than the attacks themselves.
use crate::server::told;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum ObserveError {
    #[error(
        "the server went away while attacks were running: {}\n  next: run again; if it happens again, run with --jobs 1 and look at the server's own log",
        told(source)
    )]
    Lost { source: tokio_postgres::Error },
    #[error(
        "the database could not be prepared for attacks: {}\n  next: this is a bug in watertight; please report it with the migrations if you can",
        told(source)
    )]
    Prepare { source: tokio_postgres::Error },
    #[error(
        "the attacker {name} could not take the role {role}: {}\n  next: check login_role and member_roles in watertight.toml, and that the login role is a member of {role}",
        told(source)
    )]
    Role {
        name: String,
        role: String,
        source: tokio_postgres::Error,
    },
    #[error(
        "the public rows of {table} cannot be found by `{condition}`: {}\n  next: write under `public_rows` what could stand in a WHERE over {table} alone",
        told(source)
    )]
    Condition {
        table: String,
        condition: String,
        source: tokio_postgres::Error,
    },
    #[error(
        "the server answered an attack with fewer results than it has statements\n  next: this is a bug in watertight; please report it"
    )]
    Truncated,
}

impl ObserveError {
    pub(crate) fn lost(source: tokio_postgres::Error) -> Self {
        ObserveError::Lost { source }
    }

    /// The exit code of the run: 5 when the server is gone, 2 for a condition of the configuration, 4 when a role cannot be taken, 70 for our own bugs.
    pub fn exit_code(&self) -> u8 {
        match self {
            ObserveError::Lost { .. } => 5,
            ObserveError::Condition { .. } => 2,
            ObserveError::Role { .. } => 4,
            ObserveError::Prepare { .. } | ObserveError::Truncated => 70,
        }
    }
}
