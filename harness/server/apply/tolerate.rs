//! Which failures of a migration a scratch server forgives, and which statements must be turned away from other databases.
use crate::migrations::{Kind, tokens};

use crate::span::{Bytes, Place};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// An extension that a migration asks for and that the server does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    pub name: String,
    /// The statement that asks for it.
    pub place: Place,
}

/// Why a failed statement does not end the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forgiven {
    AbsentExtension,
    NeedsAbsentExtension,
    RoleExists,
    RoleIsUsed,
    SchemaExists,
    UnknownSetting,
}

impl std::fmt::Display for Forgiven {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Forgiven::AbsentExtension => "the extension is absent on this server",
            Forgiven::NeedsAbsentExtension => "left out, as it probably needs an absent extension",
            Forgiven::RoleExists => {
                "the role is used as it is, because roles belong to the whole server"
            }
            Forgiven::RoleIsUsed => "the role is kept, because roles belong to the whole server",
            Forgiven::SchemaExists => "the schema is used as it is",
            Forgiven::UnknownSetting => {
                "left out, as this version of PostgreSQL has no such setting"
            }
        })
    }
}

/// Whether a failure of this kind of statement may be forgiven at all.
pub(super) fn is_forgivable(kind: Kind) -> bool {
    kind.is_optional() && kind != Kind::Select
        || matches!(
            kind,
            Kind::CreateExtension
                | Kind::CreateSchema
                | Kind::CreateRole
                | Kind::DropRole
                | Kind::Set
        )
}

/// Decides by the kind of statement and the SQLSTATE alone.
pub(super) fn forgive(kind: Kind, code: &SqlState, absent: &[Absent]) -> Option<Forgiven> {
    let is = |codes: &[SqlState]| codes.contains(code);
    match kind {
        // No control file is 58P01 up to PostgreSQL 14 and 0A000 later; a missing version is 22023; a library that must be preloaded is
        // 55000, or XX000 where the extension's author gave no code.
        Kind::CreateExtension
            if is(&[
                SqlState::UNDEFINED_FILE,
                SqlState::FEATURE_NOT_SUPPORTED,
                SqlState::INVALID_PARAMETER_VALUE,
                SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE,
                SqlState::INTERNAL_ERROR,
            ]) || (is(&[SqlState::UNDEFINED_OBJECT]) && !absent.is_empty()) =>
        {
            Some(Forgiven::AbsentExtension)
        }
        Kind::CreateSchema if is(&[SqlState::DUPLICATE_SCHEMA]) => Some(Forgiven::SchemaExists),
        Kind::CreateRole if is(&[SqlState::DUPLICATE_OBJECT]) => Some(Forgiven::RoleExists),
        Kind::DropRole if is(&[SqlState::DEPENDENT_OBJECTS_STILL_EXIST]) => {
            Some(Forgiven::RoleIsUsed)
        }
        Kind::Set if is(&[SqlState::UNDEFINED_OBJECT]) => Some(Forgiven::UnknownSetting),
        // 42704 of a GRANT is a role that does not exist, which no extension would have brought.
        kind if kind.is_optional() && !absent.is_empty() && is_undefined(code) => {
            let unknown_role = kind == Kind::Grant && is(&[SqlState::UNDEFINED_OBJECT]);
            (!unknown_role).then_some(Forgiven::NeedsAbsentExtension)
        }
        _ => None,
    }
}

/// Whether the SQLSTATE says that something does not exist which an extension could have brought.
pub(super) fn is_undefined(code: &SqlState) -> bool {
    [
        SqlState::UNDEFINED_OBJECT,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::UNDEFINED_TABLE,
        SqlState::INVALID_SCHEMA_NAME,
    ]
    .contains(code)
}

/// The extensions that a failing statement probably misses: those that it names, else all.
pub(super) fn probable_cause<'a>(statement: &str, absent: &'a [Absent]) -> Vec<&'a Absent> {
    let named = |extension: &&Absent| {
        tokens(statement).any(|(_, span)| unquoted(&statement[span]) == extension.name)
    };
    let found: Vec<&Absent> = absent.iter().filter(named).collect();
    if found.is_empty() {
        absent.iter().collect()
    } else {
        found
    }
}

/// The extension that CREATE EXTENSION names.
pub(super) fn extension_name(statement: &str) -> String {
    let words: Vec<&str> = tokens(statement)
        .map(|(_, span)| &statement[span])
        .collect();
    let skipped = if words
        .get(2)
        .is_some_and(|word| word.eq_ignore_ascii_case("if"))
    {
        5
    } else {
        2
    };
    words
        .get(skipped)
        .map_or_else(String::new, |word| unquoted(word))
}

pub(super) fn is_wrong_version(error: &Error) -> bool {
    error.code() == Some(&SqlState::INVALID_PARAMETER_VALUE)
}

/// CREATE EXTENSION without its `VERSION …`.
pub(super) fn without_version(statement: &str) -> Option<String> {
    let found: Vec<Bytes> = tokens(statement).map(|(_, span)| span).collect();
    let at = found
        .iter()
        .position(|span| statement[span.clone()].eq_ignore_ascii_case("version"))?;
    let end = found.get(at + 1)?.end;
    Some(format!(
        "{}{}",
        &statement[..found[at].start],
        &statement[end..]
    ))
}

/// A statement about a database by name (ALTER DATABASE, or COMMENT, GRANT and REVOKE … ON DATABASE), made to be about `database`
/// instead: migrations name the database of production, which is another one here or, worse, a real one.
pub(super) fn redirected(statement: &str, database: &str) -> Option<String> {
    let first = tokens(statement)
        .next()
        .map(|(_, span)| statement[span].to_ascii_lowercase())?;
    if !["alter", "comment", "grant", "revoke"].contains(&first.as_str()) {
        return None;
    }
    let found: Vec<Bytes> = tokens(statement).map(|(_, span)| span).collect();
    let is = |at: usize, word: &str| statement[found[at].clone()].eq_ignore_ascii_case(word);
    let at = (1..found.len().saturating_sub(1))
        .find(|&at| is(at, "database") && (is(at - 1, "on") || (at == 1 && is(0, "alter"))))?;
    let name = found[at + 1].clone();
    Some(format!(
        "{}{}{}",
        &statement[..name.start],
        crate::sql::identifier(database),
        &statement[name.end..]
    ))
}

/// A GRANT or REVOKE without the privilege MAINTAIN, where it names that: empty when it names no other.
pub(super) fn without_maintain(statement: &str) -> Option<String> {
    let found: Vec<Bytes> = tokens(statement).map(|(_, span)| span).collect();
    let word = |at: usize| statement[found[at].clone()].to_ascii_lowercase();
    let end = (0..found.len()).find(|&at| word(at) == "on")?;
    let at = (1..end).find(|&at| word(at) == "maintain")?;
    if word(at - 1) == "," {
        return Some(format!(
            "{}{}",
            &statement[..found[at - 1].start],
            &statement[found[at].end..]
        ));
    }
    if word(at + 1) == "," {
        return Some(format!(
            "{}{}",
            &statement[..found[at].start],
            &statement[found[at + 1].end..]
        ));
    }
    Some(String::new())
}

/// What follows the name in `ALTER DATABASE name SET …` or `RESET …`.
pub(super) fn database_setting(statement: &str) -> Option<String> {
    let found: Vec<Bytes> = tokens(statement).map(|(_, span)| span).collect();
    let verb = found.get(3)?.clone();
    let is_setting =
        ["set", "reset"].contains(&statement[verb.clone()].to_ascii_lowercase().as_str());
    let alters = statement[found[0].clone()].eq_ignore_ascii_case("alter");
    (alters && is_setting).then(|| statement[verb.start..].to_owned())
}

/// An identifier as PostgreSQL understands it.
fn unquoted(written: &str) -> String {
    match written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => written.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_maintain;

    #[test]
    fn maintain_is_taken_out_of_the_privileges_alone() {
        for (statement, wanted) in [
            (
                "GRANT SELECT,MAINTAIN ON t TO a",
                Some("GRANT SELECT ON t TO a"),
            ),
            (
                "revoke maintain, insert on t from a",
                Some("revoke  insert on t from a"),
            ),
            ("grant maintain on t to a", Some("")),
            ("grant select on maintain to a", None),
            ("grant select, insert on t to maintain", None),
        ] {
            assert_eq!(
                without_maintain(statement).as_deref(),
                wanted,
                "{statement}"
            );
        }
    }
}
