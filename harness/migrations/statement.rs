//! What kind of statement it is, as far as applying it is concerned.
use super::split::{head, tokens};
use squawk_lexer::TokenKind;

/// How a statement behaves when it is applied. Told by its first words alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Anything else.
    Ordinary,
    /// BEGIN, COMMIT and their kin.
    Control(Control),
    /// Has a meaning only inside of a transaction: SET LOCAL, LOCK TABLE, SET CONSTRAINTS, SAVEPOINT, DECLARE, ON COMMIT DROP.
    NeedsTransaction,
    /// PostgreSQL refuses it in a transaction: CREATE INDEX CONCURRENTLY, VACUUM …
    /// (the command's own page in <https://www.postgresql.org/docs/current/sql-commands.html> says so).
    Alone,
    CreateExtension,
    AlterExtension,
    DropExtension,
    CreateSchema,
    CreateIndex,
    Comment,
    Grant,
    CreateRole,
    DropRole,
    /// ALTER DATABASE: about a database whose name is not the scratch database's.
    AlterDatabase,
    /// Reaches beyond the database: CREATE DATABASE, ALTER SYSTEM, tablespaces, subscriptions. Never run.
    Outside,
    /// SET and RESET of a setting.
    Set,
    /// A SELECT, which a migration runs for what it does.
    Select,
    /// COPY … FROM stdin.
    CopyIn,
    /// COPY … TO stdout, which would print.
    CopyOut,
}

/// Transaction control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Control {
    Begin,
    Commit,
    Rollback,
}

impl Kind {
    /// The kind of `statement`.
    pub fn of(statement: &str) -> Kind {
        let head = head(statement, 4);
        let words: Vec<&str> = head.iter().map(String::as_str).collect();
        match words[..] {
            ["begin", ..] | ["start", "transaction", ..] => Kind::Control(Control::Begin),
            ["commit", "prepared", ..] | ["rollback", "prepared", ..] => Kind::Alone,
            ["commit", ..] | ["end", ..] => Kind::Control(Control::Commit),
            ["rollback", "to", ..] => Kind::NeedsTransaction,
            ["rollback", ..] | ["abort", ..] => Kind::Control(Control::Rollback),
            ["savepoint", ..] | ["release", ..] | ["lock", ..] | ["declare", ..] => {
                Kind::NeedsTransaction
            }
            ["set", "local" | "constraints", ..] | ["set", "transaction"] => Kind::NeedsTransaction,
            ["set", "transaction", ..] => Kind::NeedsTransaction,
            ["set" | "reset", ..] => Kind::Set,
            [
                "create",
                "table" | "temp" | "temporary" | "local" | "global",
                ..,
            ] if has(statement, &["on", "commit", "drop"]) => Kind::NeedsTransaction,
            ["create", "extension", ..] => Kind::CreateExtension,
            ["alter", "extension", ..] => Kind::AlterExtension,
            ["drop", "extension", ..] => Kind::DropExtension,
            ["create", "schema", ..] => Kind::CreateSchema,
            ["create", "index", "concurrently", ..]
            | ["create", "unique", "index", "concurrently"]
            | ["drop", "index", "concurrently", ..]
            | ["vacuum" | "cluster", ..] => Kind::Alone,
            ["reindex", ..] if has(statement, &["concurrently"]) => Kind::Alone,
            ["alter", "table", ..] if has(statement, &["detach", "partition"]) => {
                match has(statement, &["concurrently"]) {
                    true => Kind::Alone,
                    false => Kind::Ordinary,
                }
            }
            ["create", "index", ..] | ["create", "unique", "index", ..] => Kind::CreateIndex,
            ["comment", ..] | ["security", "label", ..] => Kind::Comment,
            ["grant" | "revoke", ..] => Kind::Grant,
            ["create", "role" | "user" | "group", ..]
                if head.get(2).is_none_or(|w| w != "mapping") =>
            {
                Kind::CreateRole
            }
            ["drop", "role" | "user" | "group", ..]
                if head.get(2).is_none_or(|w| w != "mapping") =>
            {
                Kind::DropRole
            }
            ["alter", "database", ..] => Kind::AlterDatabase,
            [
                "create" | "drop" | "alter",
                "subscription" | "tablespace",
                ..,
            ]
            | ["create" | "drop", "database", ..]
            | ["alter", "system", ..] => Kind::Outside,
            ["select" | "with" | "values" | "table", ..] => Kind::Select,
            ["copy", ..] if has(statement, &["from", "stdin"]) => Kind::CopyIn,
            ["copy", ..] if has(statement, &["to", "stdout"]) => Kind::CopyOut,
            _ => Kind::Ordinary,
        }
    }

    /// Whether tables, policies, views and functions can be judged without it: an index, a comment, a grant on something that is
    /// absent.
    pub fn is_optional(self) -> bool {
        matches!(
            self,
            Kind::AlterExtension
                | Kind::DropExtension
                | Kind::CreateIndex
                | Kind::Comment
                | Kind::Grant
                | Kind::Select
        )
    }
}

/// Whether the words follow each other somewhere in the statement.
fn has(statement: &str, words: &[&str]) -> bool {
    let found: Vec<String> = tokens(statement)
        .filter(|(token, _)| token.kind == TokenKind::Ident)
        .map(|(_, span)| statement[span].to_ascii_lowercase())
        .collect();
    found
        .windows(words.len())
        .any(|window| window.iter().zip(words).all(|(a, b)| a == b))
}
