//! What an attack brought: rows or an error, and what it changed.
use crate::catalog::Oid;
use crate::sqlstate::SqlState;
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    pub outcome: Outcome,
    /// Rows that are gone or new after the statement, seen by the superuser inside the same transaction.
    pub changes: Vec<Change>,
    /// Messages on the side that arrived with this attack.
    pub notices: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Done {
        /// Text form of what the statement returned.
        rows: Vec<Vec<Option<String>>>,
        /// The command tag's count.
        count: u64,
    },
    Refused(Refusal),
}

/// An error of the statement (or of the checks deferred to its end).
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub sqlstate: SqlState,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// The constraint that refused, where one did.
    pub constraint: Option<String>,
}

/// One row that the attack's transaction removed, added or rewrote (the old version is gone, the new one is new).
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub relation: Oid,
    pub ctid: String,
    pub fate: Fate,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// A row that stood there before.
    Gone,
    /// A row that did not, by column name.
    New(Map<String, Value>),
}

impl Observation {
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.outcome {
            Outcome::Refused(refusal) => Some(refusal),
            Outcome::Done { .. } => None,
        }
    }

    pub fn sqlstate(&self) -> Option<SqlState> {
        self.refusal().map(|refusal| refusal.sqlstate)
    }

    /// The rows that the statement gave.
    pub fn rows(&self) -> &[Vec<Option<String>>] {
        match &self.outcome {
            Outcome::Done { rows, .. } => rows,
            Outcome::Refused(_) => &[],
        }
    }

    /// Everything that the attacker reads: cells of rows, or the parts of an error, and messages on the side.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let error = self
            .refusal()
            .into_iter()
            .flat_map(|r| {
                [
                    Some(r.message.as_str()),
                    r.detail.as_deref(),
                    r.hint.as_deref(),
                ]
            })
            .flatten();
        let cells = self.rows().iter().flatten().flatten();
        cells
            .map(String::as_str)
            .chain(error)
            .chain(self.notices.iter().map(String::as_str))
    }

    /// `UPDATE 1`, `3 rows`, `SQLSTATE 42501`: for people.
    pub fn summary(&self, command: &str) -> String {
        match &self.outcome {
            Outcome::Refused(refusal) => {
                format!("SQLSTATE {} ({})", refusal.sqlstate, refusal.message)
            }
            Outcome::Done { rows, count } if rows.is_empty() => {
                format!("{} {count}", command.to_uppercase())
            }
            Outcome::Done { rows, .. } => format!(
                "{} {}",
                rows.len(),
                if rows.len() == 1 { "row" } else { "rows" }
            ),
        }
    }
}
