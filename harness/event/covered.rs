//! The grid: how the attempts on one relation or function ended, by command and identity.

/// Everything that was tried on one relation or function.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covered {
    pub system: String,
    /// As in `Unproven`: schema-qualified, a function without its arguments.
    pub object: String,
    /// `table`, `view`, `function` …
    pub object_kind: String,
    /// In the order of commands, then of outcomes.
    pub cells: Vec<Cells>,
}

/// Cells of one command that ended alike for identities of one role.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    pub command: String,
    pub outcome: Outcome,
    /// The database role that they took.
    pub role: String,
    /// Who tried: `org_a's member`.
    pub attackers: Vec<String>,
}

/// The worst that was seen in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Stopped,
    Unproven,
    Errored,
    Leaked,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Stopped => "stopped",
            Outcome::Unproven => "unproven",
            Outcome::Errored => "errored",
            Outcome::Leaked => "leaked",
        }
    }
}
