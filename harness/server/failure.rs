//! What went wrong with a server, as a person sees it: one title, what else is known, and the next step.
use super::error::{ServerError, installing};
use crate::error::Failure;

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Failure {
        let exit_code = error.exit_code();
        let titled = |title: String| Failure::new(exit_code, title);
        let elsewhere = "use another server with --server or --database-url";
        match error {
            ServerError::NoneFound { tried, wanted } => {
                let title = match wanted {
                    Some(major) => format!("no PostgreSQL {major} was found"),
                    None => "no PostgreSQL server was found".to_owned(),
                };
                let tried = tried.into_iter().map(|line| format!("tried: {line}"));
                tried
                    .fold(titled(title), Failure::note)
                    .help(installing(wanted))
            }
            ServerError::Start {
                server,
                reason,
                output,
            } => output
                .lines()
                .map(|line| format!("its log: {line}"))
                .fold(titled(format!("{server} did not start: {reason}")), Failure::note)
                .help(format!("mend what the log complains of, or {elsewhere}")),
            ServerError::Timeout { doing, limit } => titled(format!("gave up {doing} after {} s", limit.as_secs()))
                .help(format!("the machine may be overloaded: try again, or {elsewhere}")),
            ServerError::Gone { doing, reason } => {
                titled(format!("the PostgreSQL server went away while {doing}"))
                    .note(reason)
                    .help(format!("run again to get a new one; if it happens again, look whether the machine runs out of memory, or {elsewhere}"))
            }
            ServerError::Refused {
                doing,
                sqlstate,
                message,
                detail,
            } => detail
                .lines()
                .fold(
                    titled(format!("the PostgreSQL server refused {doing}: {message}"))
                        .note(format!("SQLSTATE {sqlstate}")),
                    Failure::note,
                )
                .help(format!("mend what it complains of, or {elsewhere}")),
            ServerError::Login {
                role,
                sqlstate,
                message,
                help,
            } => titled(format!("the role {role} cannot log in: {message}"))
                .note(format!("SQLSTATE {sqlstate}"))
                .help(help),
            ServerError::Io { .. } => titled(error.to_string()).help(
                "check that there is room and that the folder can be written to, or set TMPDIR to another one",
            ),
            ServerError::Docker { reason, help } => titled(format!("Docker: {reason}")).help(help),
            ServerError::Url { reason } => titled(format!("the database URL cannot be read: {reason}"))
                .help("write it as postgresql://user:password@host:5432/database"),
            ServerError::Unusable { reason, help } => titled(format!(
                "the server at the database URL cannot be used: {reason}"
            ))
            .help(help),
            ServerError::Name { .. } => titled(error.to_string())
                .help("this is a bug in watertight; please report it"),
            ServerError::Left { left } => left
                .into_iter()
                .fold(titled("something was left behind".to_owned()), Failure::note)
                .help("the next run sweeps it; it can also be removed by hand"),
        }
    }
}
