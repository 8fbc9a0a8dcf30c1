//! The lines of `events.jsonl` as they are read: the mirror of what `json` writes, from types made for it.
use super::covered_json::CoveredLine;
use super::replayed_json::ReplayedLine;
use crate::error::Failure;
use crate::event::{
    Culprit, Door, Event, Finding, Patch, Severity, Source, Started, Summary, Unproven,
};
use crate::span::{Bytes, Column, Line as LineNumber, Place};
use serde::Deserialize;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Gives the text of a migration.
type Open<'a> = &'a dyn Fn(&Path) -> Option<String>;

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Kind {
    Started(StartedLine),
    Note {
        text: String,
    },
    Leak(Box<LeakLine>),
    Accepted {
        reason: String,
        #[serde(flatten)]
        leak: Box<LeakLine>,
    },
    Unproven(UnprovenLine),
    Errored {
        probe: String,
        object: String,
        command: String,
        role: String,
        reason: String,
    },
    Covered(CoveredLine),
    Replayed(ReplayedLine),
    Finished(FinishedLine),
    Failed(FailedLine),
    Interrupted,
}

#[derive(Deserialize)]
pub(super) struct StartedLine {
    system: String,
    #[serde(default)]
    directory: String,
    seed: u64,
    #[serde(default)]
    shard: Option<String>,
    #[serde(default)]
    left_out: Vec<String>,
    server: String,
    migrations: usize,
    tables: usize,
    policies: usize,
    functions: usize,
    tenants: usize,
    users: usize,
    rows: usize,
}

#[derive(Deserialize)]
pub(super) struct LeakLine {
    probe: String,
    severity: Rank,
    object: String,
    object_kind: String,
    command: String,
    role: String,
    attacker: String,
    victim: String,
    door: String,
    title: String,
    #[serde(flatten)]
    place: PlaceLine,
    culprit: CulpritLine,
    #[serde(default)]
    source: Option<SourceLine>,
    expected: String,
    got: String,
    notes: Vec<String>,
    repro: String,
    help: Option<String>,
    #[serde(default)]
    patch: Option<PatchLine>,
    doors: Vec<DoorLine>,
    fingerprint: String,
    system: String,
}

#[derive(Deserialize)]
struct PatchLine {
    sql: String,
    says: String,
    controls: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Rank {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Deserialize)]
struct PlaceLine {
    file: Option<PathBuf>,
    line: Option<NonZeroU32>,
    column: Option<NonZeroU32>,
}

#[derive(Deserialize)]
struct CulpritLine {
    kind: String,
    name: String,
}

#[derive(Deserialize)]
struct SourceLine {
    statement: [usize; 2],
    clause: [usize; 2],
    label: String,
}

#[derive(Deserialize)]
struct DoorLine {
    probe: String,
    object: String,
    command: String,
    role: String,
}

#[derive(Deserialize)]
pub(super) struct UnprovenLine {
    object: String,
    command: String,
    role: String,
    attacker: String,
    reason: String,
    allowed: bool,
    system: String,
}

#[derive(Deserialize)]
pub(super) struct FinishedLine {
    system: String,
    attacks: usize,
    stopped: usize,
    leaked: usize,
    unproven: usize,
    errored: usize,
    #[serde(default)]
    not_reached: usize,
    findings: usize,
    accepted: usize,
    cells: usize,
    cells_proven: usize,
    elapsed_ms: u64,
}

#[derive(Deserialize)]
pub(super) struct FailedLine {
    exit_code: u8,
    title: String,
    #[serde(flatten)]
    place: PlaceLine,
    notes: Vec<String>,
    help: Option<String>,
}

impl Kind {
    /// The kinds of events that are read.
    pub const NAMES: [&'static str; 11] = [
        "started",
        "note",
        "leak",
        "accepted",
        "unproven",
        "errored",
        "covered",
        "replayed",
        "finished",
        "failed",
        "interrupted",
    ];

    pub fn event(self, open: Open<'_>) -> Event {
        match self {
            Kind::Started(line) => Event::Started(line.started()),
            Kind::Note { text } => Event::Note { text },
            Kind::Leak(leak) => Event::Leak(Box::new(leak.finding(open))),
            Kind::Accepted { reason, leak } => Event::Accepted {
                finding: Box::new(leak.finding(open)),
                reason,
            },
            Kind::Unproven(line) => Event::Unproven(line.unproven()),
            Kind::Errored {
                probe,
                object,
                command,
                role,
                reason,
            } => Event::Errored {
                probe,
                object,
                command,
                role,
                reason,
            },
            Kind::Covered(line) => Event::Covered(line.covered()),
            Kind::Replayed(line) => Event::Replayed(line.replay()),
            Kind::Finished(line) => Event::Finished(line.summary()),
            Kind::Failed(line) => Event::Failed(Box::new(line.failure(open))),
            Kind::Interrupted => Event::Interrupted,
        }
    }
}

impl PlaceLine {
    fn place(self) -> Option<Place> {
        Some(Place {
            file: self.file?,
            line: LineNumber(self.line?),
            column: Column(self.column?),
        })
    }
}

/// The statement at a place. Where the migration is gone or says something else by now, only the place is left: an excerpt
/// of other words would accuse the wrong line.
fn source(place: Place, line: Option<SourceLine>, open: Open<'_>) -> Source {
    let bytes = |[start, end]: [usize; 2]| Bytes { start, end };
    let (statement, clause, label) = match line {
        Some(line) => (bytes(line.statement), bytes(line.clause), line.label),
        None => (0..0, 0..0, String::new()),
    };
    let unchanged = |text: &String| {
        let ends = text.get(statement.clone()).is_some() && text.get(clause.clone()).is_some();
        ends && !clause.is_empty() && Place::of(&place.file, text, clause.start) == place
    };
    let text = open(&place.file).filter(unchanged).unwrap_or_default();
    Source {
        place,
        text: Arc::from(text),
        statement,
        clause,
        label,
    }
}

impl StartedLine {
    fn started(self) -> Started {
        Started {
            system: self.system,
            directory: self.directory,
            seed: self.seed,
            shard: self.shard,
            left_out: self.left_out,
            server: self.server,
            migrations: self.migrations,
            tables: self.tables,
            policies: self.policies,
            functions: self.functions,
            tenants: self.tenants,
            users: self.users,
            rows: self.rows,
        }
    }
}

impl LeakLine {
    fn finding(self, open: Open<'_>) -> Finding {
        let place = self.place.place();
        Finding {
            system: self.system,
            probe: self.probe,
            severity: match self.severity {
                Rank::Low => Severity::Low,
                Rank::Medium => Severity::Medium,
                Rank::High => Severity::High,
                Rank::Critical => Severity::Critical,
            },
            title: self.title,
            object: self.object,
            object_kind: self.object_kind,
            command: self.command,
            role: self.role,
            attacker: self.attacker,
            victim: self.victim,
            door: self.door,
            culprit: Culprit {
                kind: self.culprit.kind,
                name: self.culprit.name,
                source: place.map(|place| source(place, self.source, open)),
            },
            expected: self.expected,
            got: self.got,
            notes: self.notes,
            help: self.help,
            patch: self.patch.map(|patch| Patch {
                sql: patch.sql,
                says: patch.says,
                controls: patch.controls,
            }),
            repro: self.repro,
            doors: self.doors.into_iter().map(DoorLine::door).collect(),
            fingerprint: self.fingerprint,
        }
    }
}

impl DoorLine {
    fn door(self) -> Door {
        Door {
            probe: self.probe,
            object: self.object,
            command: self.command,
            role: self.role,
        }
    }
}

impl UnprovenLine {
    fn unproven(self) -> Unproven {
        Unproven {
            system: self.system,
            object: self.object,
            command: self.command,
            role: self.role,
            attacker: self.attacker,
            reason: self.reason,
            allowed: self.allowed,
        }
    }
}

impl FinishedLine {
    fn summary(self) -> Summary {
        Summary {
            system: self.system,
            attacks: self.attacks,
            stopped: self.stopped,
            leaked: self.leaked,
            unproven: self.unproven,
            errored: self.errored,
            not_reached: self.not_reached,
            findings: self.findings,
            accepted: self.accepted,
            cells: self.cells,
            cells_proven: self.cells_proven,
            elapsed_ms: self.elapsed_ms,
        }
    }
}

impl FailedLine {
    fn failure(self, open: Open<'_>) -> Failure {
        Failure {
            exit_code: self.exit_code,
            title: self.title,
            excerpt: self
                .place
                .place()
                .map(|place| Box::new(source(place, None, open))),
            notes: self.notes,
            help: self.help,
        }
    }
}
