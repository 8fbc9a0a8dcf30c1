//! What is said of a schema's plans: per table where its policies stand, which indexes help, and what was measured.
use super::hypothetical::HypoPg;
use super::questions::Standing;
use crate::span::Place;

/// Everything that was found out about one system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Advice {
    pub system: String,
    /// `PostgreSQL 15.18 (local)`.
    pub server: String,
    /// For example 15: plans differ between major versions.
    pub major: u32,
    /// Rows that each measured table was filled with.
    pub rows: usize,
    /// How indexes could be tried that are not there.
    pub trying: Trying,
    /// The worst first.
    pub tables: Vec<TableAdvice>,
    pub left_out: Vec<LeftOut>,
    /// Statements of the migrations that drop indexes, each on one line.
    pub drops: Vec<(String, Place)>,
}

/// What a server lets indexes be tried with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trying {
    /// HypoPG, of this version.
    Hypothetical { version: String },
    /// Only real ones, that are rolled back. The reason stands by itself.
    Real { reason: String },
}

impl Trying {
    pub fn of(found: &Result<HypoPg, String>) -> Trying {
        match found.clone() {
            Ok(HypoPg { version, .. }) => Trying::Hypothetical { version },
            Err(reason) => Trying::Real { reason },
        }
    }
}

impl Default for Trying {
    fn default() -> Self {
        Trying::Real {
            reason: "nothing was tried".to_owned(),
        }
    }
}

/// How an index on trial was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Nobody built it: only the planner believed in it.
    Hypothetical,
    /// Built, and rolled back.
    Real,
}

/// A table that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub table: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TableAdvice {
    /// `schema.name`.
    pub table: String,
    /// The column that says whose a row is.
    pub column: String,
    /// The role that asked.
    pub role: String,
    /// How its policies find a tenant's rows.
    pub finding: Finding,
    /// How the indexes were made that it was tried with; `None` where its own find the rows.
    pub made: Option<Made>,
    /// The plan of reading every row that one may see, by its shape.
    pub shape: String,
    /// Every policy that members read by, with the statement that gave it its form.
    pub policies: Vec<(String, Option<Place>)>,
    pub faults: Vec<Fault>,
    pub missing: Vec<MissingIndex>,
    pub redundant: Vec<RedundantIndex>,
    pub dead: Vec<DeadColumn>,
    pub measured: Option<Measured>,
}

/// How the rows of a tenant are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// By this index.
    Index(String),
    /// An index would be used, but there is none.
    NoIndex,
    /// Every row is read and looked at, whatever indexes there are.
    EveryRow,
}

impl Finding {
    /// From where a condition stands without any further index, and with one on every column that policies ask for.
    pub fn of(as_is: &Standing, indexed: &Standing) -> Finding {
        match (as_is, indexed) {
            (Standing::Index(name), _) => Finding::Index(name.clone()),
            (_, Standing::Index(_)) => Finding::NoIndex,
            _ => Finding::EveryRow,
        }
    }
}

/// A policy that makes the server look at every row.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub policy: String,
    /// Where the policy got its present form.
    pub place: Option<Place>,
    /// Why no index can be used: fits after the policy's name.
    pub reason: String,
    pub rewrite: Option<Rewrite>,
}

/// Another way to write a policy. It was tried: an index is used, and everybody sees the very same rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewrite {
    /// Statements that come before it, functions for example.
    pub before: Vec<String>,
    pub using: String,
    /// `ALTER POLICY …`, all of it.
    pub sql: String,
    /// How many callers' rows were compared.
    pub callers: usize,
}

/// Columns by which rows are looked for, without an index that begins with them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingIndex {
    pub table: String,
    pub columns: Vec<String>,
    /// Who looks: fits after "because".
    pub reason: String,
    pub sql: String,
}

/// An index that another one does the work of.
#[derive(Debug, Clone, PartialEq)]
pub struct RedundantIndex {
    pub index: String,
    pub by: String,
    pub place: Option<Place>,
}

/// A column of an index that row security keeps from being used: its operator could tell what it was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadColumn {
    pub index: String,
    pub column: String,
    pub type_name: String,
    pub place: Option<Place>,
}

/// What was counted on a filled table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    pub rows: u64,
    /// Rows of the tenants that asked, by name.
    pub tenants: Vec<(String, u64)>,
    /// In bytes.
    pub table_bytes: u64,
    /// `as it is` first.
    pub strategies: Vec<Strategy>,
    pub candidates: Vec<Candidate>,
    /// Indexes that no question of anybody used, with their size in bytes.
    pub unused: Vec<(String, u64)>,
    pub notes: Vec<String>,
}

/// The same questions under one state of the schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Strategy {
    pub name: String,
    pub answers: Vec<Answer>,
}

/// One question of one tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub question: String,
    /// `hot`, `middle` or `tail`.
    pub tenant: String,
    pub standing: Standing,
    pub sorts: bool,
    /// In blocks of 8 kB.
    pub blocks: u64,
    pub removed: u64,
    pub rows: u64,
    pub execution_ms: f64,
    pub shape: String,
}

/// An index that was built and measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub sql: String,
    pub columns: Vec<String>,
    /// The question that it is for.
    pub question: String,
    /// By tenant: blocks without it and with it.
    pub gains: Vec<(String, u64, u64)>,
    pub bytes: u64,
    /// Blocks touched by inserting the same rows without it and with it.
    pub insert_blocks: (u64, u64),
    pub insert_ms: (f64, f64),
    /// With it, the policy of the suggested form.
    pub needs_rewrite: bool,
}

impl Candidate {
    /// The largest ratio of blocks without it to blocks with it.
    pub fn gain(&self) -> f64 {
        let ratios = self
            .gains
            .iter()
            .map(|(_, before, after)| ratio(*before, *after));
        ratios.fold(1.0, f64::max)
    }
}

/// How many times less; a block more or less of next to none is no difference.
pub fn ratio(before: u64, after: u64) -> f64 {
    before.max(1) as f64 / after.max(1) as f64
}

impl TableAdvice {
    /// How much there is to do, the most first.
    pub fn weight(&self) -> (bool, bool, usize) {
        let gained = self.measured.as_ref().map_or(0, |m| m.candidates.len());
        (
            self.finding == Finding::EveryRow,
            self.finding == Finding::NoIndex,
            self.missing.len() + self.redundant.len() + self.dead.len() + gained,
        )
    }

    pub fn is_fine(&self) -> bool {
        self.weight() == (false, false, 0)
    }
}
