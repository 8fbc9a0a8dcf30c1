//! What can go wrong while a world is loaded.

/// Loading stopped. A row that the schema refuses is no error: it becomes `Missing`.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(
        "the server gave up while {doing}: {source}\nhelp: run again; with --server local the server's log is shown"
    )]
    Server {
        doing: &'static str,
        #[source]
        source: tokio_postgres::Error,
    },
}

impl LoadError {
    pub fn exit_code(&self) -> u8 {
        match self {
            // The connection is gone: there is no server. Anything else is a statement of ours that must not fail.
            LoadError::Server { source, .. } if source.is_closed() => 5,
            LoadError::Server { .. } => 70,
        }
    }

    pub(super) fn while_doing(
        doing: &'static str,
    ) -> impl FnOnce(tokio_postgres::Error) -> LoadError {
        move |source| LoadError::Server { doing, source }
    }
}
