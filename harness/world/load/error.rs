//! What can go wrong while a world is loaded.
use crate::server::ServerError;
use crate::sqlstate::SqlState;

/// Loading stopped. A row that the schema refuses is no error: it becomes `Missing`.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("could not fill the world: {0}")]
    Server(#[from] ServerError),
}

impl LoadError {
    pub fn exit_code(&self) -> u8 {
        match self {
            LoadError::Server(error) if error.is_gone() => 5,
            LoadError::Server(error) if error.sqlstate() == Some(SqlState::QueryCanceled) => 2,
            // A statement of ours was refused where none may be.
            LoadError::Server(_) => 70,
        }
    }

    pub(super) fn while_doing(
        doing: &'static str,
    ) -> impl FnOnce(tokio_postgres::Error) -> LoadError {
        move |source| LoadError::Server(ServerError::of(doing, &source))
    }
}
