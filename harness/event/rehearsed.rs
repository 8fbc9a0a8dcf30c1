//! What came of a rehearsal: populated tables that were migrated, compared row by row with what they were.
use crate::span::Place;

/// The whole outcome, by table, by migration file, and by what went wrong.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rehearsed {
    pub system: String,
    /// The migration at which the database was filled.
    pub from: String,
    /// The last migration applied.
    pub through: String,
    /// Worst first; empty when every row is where it should be.
    pub problems: Vec<Problem>,
    /// In the order of their names.
    pub tables: Vec<RehearsedTable>,
    /// In the order in which they were applied.
    pub files: Vec<RehearsedFile>,
    /// The system's own verification queries, in their order.
    pub checks: Vec<NamedCheck>,
    /// Why the named checks were not asked, when they were not.
    pub unasked: Option<String>,
    /// What a person should know of owners: whose rows became whose, where rows of nobody went.
    pub owners: Vec<String>,
    pub elapsed_ms: u64,
}

/// Something that a migration did to rows, keys or constraints and that it should not have done.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub kind: ProblemKind,
    /// The table, schema-qualified.
    pub object: String,
    /// One sentence: what happened to how many rows of whom.
    pub title: String,
    /// The migration after which it was first seen.
    pub migration: Option<String>,
    /// Where that migration begins to touch the table, else where it begins.
    pub place: Option<Place>,
    /// Example rows, by their keys.
    pub examples: Vec<String>,
    /// Why the configuration lets it pass; absent when it does not.
    pub allowed: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// A row belongs to another tenant than its owner does.
    Moved,
    /// A row is nowhere.
    Lost,
    /// A row stands there twice.
    Duplicated,
    /// A row had an owner and has none.
    Ownerless,
    /// Two columns of one row name two owners.
    Disagreeing,
    /// Rows of nobody went to several tenants.
    Scattered,
    /// A constraint or an index does not hold for the rows that were there.
    Unvalidated,
    /// A row cannot be updated any more.
    Frozen,
}

impl ProblemKind {
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Moved => "row-moved",
            ProblemKind::Lost => "row-lost",
            ProblemKind::Duplicated => "row-duplicated",
            ProblemKind::Ownerless => "row-ownerless",
            ProblemKind::Disagreeing => "owners-disagree",
            ProblemKind::Scattered => "orphans-scattered",
            ProblemKind::Unvalidated => "constraint-unvalidated",
            ProblemKind::Frozen => "row-frozen",
        }
    }
}

/// One table, before and after.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RehearsedTable {
    pub name: String,
    /// It is the platform's and not the system's own.
    pub platform: bool,
    pub rows_before: usize,
    pub rows_after: usize,
    /// Rows found again whose owner is the expected one, or which belonged to nobody.
    pub kept: usize,
    pub moved: usize,
    pub lost: usize,
    pub duplicated: usize,
    pub ownerless: usize,
    /// Rows that the migrations made.
    pub made: usize,
    /// Rows of nobody, before.
    pub orphans: usize,
    /// The tables where rows stand that are not here any more.
    pub went_to: Vec<String>,
    /// The migrations dropped the table.
    pub dropped: bool,
    /// Whether a change of the owner's column is refused or put back; absent when nothing could be tried.
    pub immutable: Option<bool>,
    /// Whether an update of any migrated row works that changes nothing; absent when there is no row.
    pub updatable: Option<bool>,
    /// Rows that refuse such an update.
    pub refused: u64,
}

/// One migration file, as it went over the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct RehearsedFile {
    pub name: String,
    pub statements: usize,
    /// Microseconds in all of its statements.
    pub elapsed_us: u64,
    /// The statements that rewrote a table or kept others from it.
    pub heavy: Vec<HeavyStatement>,
}

/// A statement that rewrote a table, or held a lock on it that others wait for.
#[derive(Debug, Clone, PartialEq)]
pub struct HeavyStatement {
    pub place: Place,
    /// Its first words.
    pub head: String,
    /// Microseconds from its begin to the end of its transaction: as long are the locks held.
    pub held_us: u64,
    /// Tables with rows that were written anew, file by file.
    pub rewrites: Vec<String>,
    /// Tables with rows, and the strongest lock on each.
    pub locks: Vec<(String, Lock)>,
    /// Rows in the largest of these tables.
    pub rows: usize,
}

/// Locks that others wait for (<https://www.postgresql.org/docs/current/explicit-locking.html>), the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lock {
    /// SHARE or SHARE ROW EXCLUSIVE: writers wait.
    Writers,
    /// EXCLUSIVE: writers and lockers wait.
    Lockers,
    /// ACCESS EXCLUSIVE: everybody waits, readers too.
    Everybody,
}

impl Lock {
    /// The lock of a mode as `pg_locks` prints it; absent for those that readers and writers do not feel.
    pub fn of(mode: &str) -> Option<Lock> {
        match mode {
            "ShareLock" | "ShareRowExclusiveLock" => Some(Lock::Writers),
            "ExclusiveLock" => Some(Lock::Lockers),
            "AccessExclusiveLock" => Some(Lock::Everybody),
            _ => None,
        }
    }

    /// Who waits.
    pub fn name(self) -> &'static str {
        match self {
            Lock::Writers => "writers wait",
            Lock::Lockers => "writers and lockers wait",
            Lock::Everybody => "everybody waits",
        }
    }
}

/// One verification query with its result.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedCheck {
    pub name: String,
    pub place: Place,
    pub result: CheckResult,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckResult {
    Holds,
    /// What the query gave in place of `true`.
    Fails(String),
    /// The query could not be run: SQLSTATE and message.
    Refused(String),
}

impl Rehearsed {
    /// Problems and failed checks that nobody allowed.
    pub fn failures(&self) -> usize {
        let problems = self.problems.iter().filter(|p| p.allowed.is_none());
        let checks = self
            .checks
            .iter()
            .filter(|c| c.result != CheckResult::Holds);
        problems.count() + checks.count()
    }
}
