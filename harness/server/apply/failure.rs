//! A migration that does not apply, shown as findings are: file, line, excerpt, what the server said, what to do.
use super::tolerate::{self, Absent};
use crate::error::Failure;
use crate::event::Source;
use crate::migrations::{Migrations, tokens};
use crate::server::told;
use crate::span::{Bytes, Place};
use std::fmt::Write as _;
use std::sync::Arc;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, ErrorPosition, Severity, SqlState};

/// Migrations could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// PostgreSQL refused a statement.
    #[error("{0}")]
    Failed(Box<FailedStatement>),
    /// The connection broke during a statement.
    #[error(
        "the server ended the connection at {place}: {}\n  help: look into the server's log; a crash of the server is worth a report to its makers",
        told(source)
    )]
    Lost { place: Place, source: Error },
    /// Something that the harness itself sends did not work.
    #[error("the server refused {doing}: {}", told(source))]
    Server { doing: &'static str, source: Error },
}

/// What PostgreSQL said about a statement, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedStatement {
    /// Where the error lies: inside the statement if the server told, else the statement's start.
    pub place: Place,
    /// Index into `Migrations::statements`.
    pub statement: usize,
    /// The whole file, for the excerpt.
    pub text: Arc<str>,
    /// The statement, in bytes of `text`.
    pub span: Bytes,
    /// The word to underline, in bytes of `text`.
    pub at: Bytes,
    pub message: String,
    pub code: SqlState,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// The call stack of functions and DO blocks.
    pub context: Option<String>,
    /// Absent extensions that are the probable cause.
    pub absent: Vec<Absent>,
}

impl ApplyError {
    /// A migration that does not apply is the user's; a server that goes away is no leak either.
    pub fn exit_code(&self) -> u8 {
        match self {
            ApplyError::Failed(_) => 2,
            ApplyError::Lost { .. } => 5,
            ApplyError::Server { source, .. } if source.is_closed() => 5,
            ApplyError::Server { .. } => 70,
        }
    }

    pub(super) fn server(doing: &'static str, source: Error) -> ApplyError {
        ApplyError::Server { doing, source }
    }

    pub(super) fn failed(
        migrations: &Migrations,
        statement: usize,
        error: Error,
        absent: &[Absent],
    ) -> ApplyError {
        // A session that the server ends says goodbye with a message of its own.
        let ended = |told: &&DbError| {
            matches!(
                told.parsed_severity(),
                Some(Severity::Fatal | Severity::Panic)
            )
        };
        match error.as_db_error().filter(|told| !ended(told)) {
            Some(told) => ApplyError::Failed(Box::new(FailedStatement::of(
                migrations, statement, told, absent,
            ))),
            None => ApplyError::Lost {
                place: migrations.place(statement),
                source: error,
            },
        }
    }
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Failure {
        let exit_code = error.exit_code();
        match error {
            ApplyError::Failed(failed) => failed.shown(exit_code),
            ApplyError::Lost { .. } => Failure::new(exit_code, error.to_string()).help(
                "look into the server's log; a crash of PostgreSQL is worth a report to its makers",
            ),
            ApplyError::Server { .. } => Failure::new(exit_code, error.to_string()),
        }
    }
}

impl FailedStatement {
    fn of(
        migrations: &Migrations,
        statement: usize,
        told: &DbError,
        absent: &[Absent],
    ) -> FailedStatement {
        let of = &migrations.statements[statement];
        let sql = migrations.text(statement);
        let offset = offset(sql, told.position()).unwrap_or(0);
        let word = tokens(&sql[offset..])
            .next()
            .map_or(offset..offset, |(_, span)| {
                offset + span.start..offset + span.end
            });
        let cause = match tolerate::is_undefined(told.code()) {
            true => tolerate::probable_cause(sql, absent),
            false => Vec::new(),
        };
        FailedStatement {
            place: migrations.place_in(statement, offset),
            statement,
            text: migrations.files[of.file].text.clone(),
            span: of.span.clone(),
            at: of.span.start + word.start..of.span.start + word.end,
            message: told.message().to_owned(),
            code: told.code().clone(),
            detail: told.detail().map(str::to_owned),
            hint: told.hint().map(str::to_owned),
            context: told.where_().map(str::to_owned),
            absent: cause.into_iter().cloned().collect(),
        }
    }

    /// The failure as every failure is shown.
    fn shown(&self, exit_code: u8) -> Failure {
        let excerpt = Source {
            place: self.place.clone(),
            text: self.text.clone(),
            statement: self.span.clone(),
            clause: self.at.clone(),
            label: self.message.clone(),
        };
        let mut failure = Failure::new(
            exit_code,
            format!("the migration does not apply: {}", self.message),
        )
        .at(excerpt);
        for (kind, words) in self.remarks() {
            failure = failure.note(format!("{kind}{words}"));
        }
        failure.help(self.help())
    }

    /// What else the server told.
    fn remarks(&self) -> Vec<(&'static str, String)> {
        let mut remarks = vec![("SQLSTATE ", self.code.code().to_owned())];
        for (kind, words) in [
            ("detail: ", &self.detail),
            ("hint: ", &self.hint),
            ("in ", &self.context),
        ] {
            remarks.extend(words.clone().map(|words| (kind, words)));
        }
        remarks
    }

    /// The line of the error with the word underlined, as three lines of text.
    fn excerpt(&self) -> String {
        let start = self.text[..self.at.start]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let rest = &self.text[start..];
        let line = rest.lines().next().unwrap_or_default().replace('\t', " ");
        let number = self.place.line.0.to_string();
        let gutter = " ".repeat(number.len());
        let before = self.text[start..self.at.start].chars().count();
        let length = self.text[self.at.clone()]
            .lines()
            .next()
            .map_or(0, |word| word.chars().count());
        format!(
            "{gutter} │\n{number} │ {line}\n{gutter} │ {}{}",
            " ".repeat(before),
            "━".repeat(length.max(1))
        )
    }
}

impl std::fmt::Display for FailedStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = format!(
            "the migration does not apply: {}\n  at {}\n{}\n",
            self.message,
            self.place,
            self.excerpt()
        );
        for (kind, words) in self.remarks() {
            let _ = writeln!(text, "  note: {kind}{}", words.replace('\n', "\n    "));
        }
        let _ = writeln!(text, "  help: {}", self.help());
        f.write_str(text.trim_end())
    }
}

impl FailedStatement {
    /// The next step.
    fn help(&self) -> String {
        match &self.absent[..] {
            [] => "mend the migration, or stop before it with --through".to_owned(),
            [one] => format!(
                "the extension {} (asked for at {}) is absent on this server and is probably the cause: install it, or use a server that has it",
                one.name, one.place
            ),
            several => format!(
                "one of these extensions, absent on this server, is probably the cause: {}; install it, or use a server that has it",
                several
                    .iter()
                    .map(|absent| format!("{} ({})", absent.name, absent.place))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        }
    }
}

/// The byte of the statement that the server points at. PostgreSQL counts characters from one. For an error inside a function or DO it quotes the
/// inner query instead, which mostly stands in the statement as it is.
fn offset(sql: &str, position: Option<&ErrorPosition>) -> Option<usize> {
    let (text, position, start) = match position? {
        ErrorPosition::Original(position) => (sql, *position, 0),
        ErrorPosition::Internal { position, query } => {
            let query = query.trim();
            let start = sql.find(query).filter(|_| !query.is_empty())?;
            (query, *position, start)
        }
    };
    let characters = usize::try_from(position).ok()?.checked_sub(1)?;
    let byte = text
        .char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| at);
    Some(start + byte)
}
