//! What the engine tells while it works; every report is a fold over these events.
mod covered;
mod rehearsed;

pub use covered::*;
pub use rehearsed::*;

use crate::error::Failure;
use crate::span::{Bytes, Place};

/// One thing that happened. Engine stages send events to a listener and never print.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The run's fixed facts, sent once per system before the first attack.
    Started(Started),
    /// Work advanced: `done` of `total` in the phase (total 0 when unknown).
    Phase {
        phase: Phase,
        done: usize,
        total: usize,
    },
    /// Something that a person should know and that is neither leak nor unproven.
    Note {
        text: String,
    },
    Leak(Box<Finding>),
    /// A leak that the configuration accepts: listed, but it does not fail the run.
    Accepted {
        finding: Box<Finding>,
        reason: String,
    },
    Unproven(Unproven),
    /// An attack went wrong in a way that the harness did not foresee.
    Errored {
        probe: String,
        object: String,
        command: String,
        role: String,
        reason: String,
    },
    /// How everything that was tried on one object ended; sent for each object before `Finished`.
    Covered(Covered),
    Finished(Summary),
    /// What a rehearsal of populated tables came to.
    Rehearsed(Box<Rehearsed>),
    /// A saved case was tried again.
    Replayed(Replay),
    /// The run could not do its work; nothing follows for this system.
    Failed(Box<Failure>),
    /// Somebody stopped the run; what was found until then has been sent.
    Interrupted,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    pub system: String,
    /// Where the migrations stand, as people typed it.
    pub directory: String,
    pub seed: u64,
    /// The part of the attacks that is made, such as `1/4`; absent when all are.
    pub shard: Option<String>,
    /// Probes that were not run, by name.
    pub left_out: Vec<String>,
    /// For example `PostgreSQL 15.18 (local)`.
    pub server: String,
    pub migrations: usize,
    pub tables: usize,
    pub policies: usize,
    pub functions: usize,
    pub tenants: usize,
    pub users: usize,
    pub rows: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    Server,
    Migrations,
    Catalog,
    World,
    Baseline,
    Attacks,
    Shrink,
    Owners,
    Rehearsal,
    Plans,
    Volume,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Phase::Server => "starting PostgreSQL",
            Phase::Migrations => "applying migrations",
            Phase::Catalog => "reading the catalog",
            Phase::World => "filling the world",
            Phase::Baseline => "proving the baseline",
            Phase::Attacks => "attacking",
            Phase::Shrink => "shrinking",
            Phase::Owners => "trying whether rows can be given to others",
            Phase::Rehearsal => "migrating the rows",
            Phase::Plans => "trying plans",
            Phase::Volume => "measuring filled tables",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// A leak as a person sees it: one cause, however many doors and commands lead through it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub system: String,
    /// The probe's name, for example `reassign-row`.
    pub probe: String,
    pub severity: Severity,
    /// One sentence: who gets what of whom.
    pub title: String,
    /// The attacked object, schema-qualified: `public.contacts`, `public.get_logs(uuid)`.
    pub object: String,
    /// `table`, `view`, `materialized view`, `function`, `partition` …
    pub object_kind: String,
    /// `select`, `insert`, `update`, `delete`, `truncate`, `call`.
    pub command: String,
    /// The database role that the attacker took.
    pub role: String,
    /// `org_a's member`.
    pub attacker: String,
    /// `org_b`.
    pub victim: String,
    /// How the row was reached: `direct`, `view public.v`, `function public.f(uuid)`.
    pub door: String,
    /// What let it through.
    pub culprit: Culprit,
    /// For example `SQLSTATE 42501 or no row`.
    pub expected: String,
    /// For example `UPDATE 1`.
    pub got: String,
    /// Further sentences, for example the same cause seen through other commands and identities.
    pub notes: Vec<String>,
    /// What to do, in one sentence; absent when nothing better than the explanation is known.
    pub help: Option<String>,
    /// SQL that was seen to close it on a copy; absent when nothing that was tried did.
    pub patch: Option<Patch>,
    /// The smallest SQL that shows it in psql on the migrated database, and rolls back.
    pub repro: String,
    /// Every way in which the same cause was seen to leak, this one included.
    pub doors: Vec<Door>,
    /// Sixteen hexadecimal digits; depends on probe, object, command, role and door only.
    pub fingerprint: String,
}

/// SQL that closed a leak on a copy of the filled database, while every control held and nothing else opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Whole statements with their semicolons.
    pub sql: String,
    /// What it does, as a phrase.
    pub says: String,
    /// Ways of members to their own rows that were open before: as many are open after it.
    pub controls: usize,
}

impl Patch {
    /// What was seen when it was tried.
    pub fn trial(&self) -> String {
        let ways = self.controls;
        format!(
            "tried on a copy: the leak was gone and all {ways} ways of members to their own rows stayed open"
        )
    }
}

/// One way through: which probe reached what, by which command, as which role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Door {
    pub probe: String,
    pub object: String,
    pub command: String,
    pub role: String,
}

/// A saved case that was tried on today's migrations.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    pub system: String,
    pub fingerprint: String,
    /// The finding's sentence.
    pub title: String,
    /// The case's directory.
    pub case: std::path::PathBuf,
    pub outcome: ReplayOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayOutcome {
    /// The attack is made and shows nothing.
    Fixed,
    Leaks,
    /// What it needs is not there, so nothing is known; says what.
    CannotRun(String),
}

/// Where a leak was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The migration's name.
    pub migration: String,
    pub place: Place,
    pub statement: String,
    /// How often migrations were applied and the case was tried.
    pub steps: usize,
    pub migrations: usize,
    /// How the case ended just before the statement.
    pub before: ReplayOutcome,
}

/// What came of the search for the migration that opened a leak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bisected {
    Opened(Box<Opened>),
    /// The case does not leak after the last migration, so there is nothing to look for.
    Closed(ReplayOutcome),
}

impl ReplayOutcome {
    pub fn name(&self) -> &'static str {
        match self {
            ReplayOutcome::Fixed => "fixed",
            ReplayOutcome::Leaks => "leaks",
            ReplayOutcome::CannotRun(_) => "cannot run",
        }
    }
}

/// The policy, view, function, grant or missing thing that let a leak through.
#[derive(Debug, Clone, PartialEq)]
pub struct Culprit {
    /// `policy`, `view`, `function`, `grant`, `row-level security`, `foreign key`, `unique key`, `trigger` …
    pub kind: String,
    pub name: String,
    /// The statement that made it; absent when the platform or a default made it.
    pub source: Option<Source>,
}

/// A statement in a migration, with the clause to underline.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Start of the clause.
    pub place: Place,
    /// The whole file, for the excerpt.
    pub text: std::sync::Arc<str>,
    /// The statement, in bytes of `text`.
    pub statement: Bytes,
    /// The clause that is wrong, in bytes of `text`; equals `statement` when no clause is known.
    pub clause: Bytes,
    /// Words for the underlined clause: `accepts a row of any organization`.
    pub label: String,
}

/// A cell of the coverage grid that no attack could decide.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unproven {
    pub system: String,
    pub object: String,
    pub command: String,
    pub role: String,
    /// Who tried: `org_a's member`.
    pub attacker: String,
    pub reason: String,
    /// The configuration allows it: listed, but does not fail the run.
    pub allowed: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    pub system: String,
    pub attacks: usize,
    pub stopped: usize,
    pub leaked: usize,
    pub unproven: usize,
    pub errored: usize,
    /// Attacks that nobody made, because the time had run out.
    pub not_reached: usize,
    /// Findings after grouping by cause.
    pub findings: usize,
    /// How many of the findings the configuration accepts.
    pub accepted: usize,
    /// Cells of relation × command × identity and of function × identity, and how many ended in a verdict.
    pub cells: usize,
    pub cells_proven: usize,
    pub elapsed_ms: u64,
}

/// Receives events. Implemented by reports and by tests (a `Vec<Event>`).
pub trait Listener {
    fn hear(&mut self, event: &Event);
}

impl Listener for Vec<Event> {
    fn hear(&mut self, event: &Event) {
        self.push(event.clone());
    }
}
