//! `--format json` and `events.jsonl`: one object a line, from types made for it, so that the engine's types may change.
use super::covered_json::CoveredLine;
use super::rehearsed_json::{self, RehearsedLine};
use super::replayed_json::ReplayedLine;
use super::{Format, Look, Report};
use crate::event::{Door, Event, Finding, Source, Started, Summary, Unproven};
use serde::Serialize;
use std::io::{self, Write};

pub(super) const FORMAT: Format = Format {
    name: "json",
    summary: "one object a line, as in events.jsonl",
    make: |_: Look| Box::new(Json),
};

struct Json;

impl Report for Json {
    fn hear(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        match line(event) {
            Some(line) => {
                writeln!(out, "{line}")?;
                // Whoever reads along, reads whole events.
                out.flush()
            }
            None => Ok(()),
        }
    }
}

/// Version of the lines: fields may be added under the same number, never removed or changed in meaning.
pub(super) const VERSION: u8 = 1;

#[derive(Serialize)]
struct Line<'a> {
    v: u8,
    #[serde(flatten)]
    event: Kind<'a>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Kind<'a> {
    Started(StartedLine<'a>),
    Note {
        text: &'a str,
    },
    Leak(LeakLine<'a>),
    Accepted {
        reason: &'a str,
        #[serde(flatten)]
        leak: LeakLine<'a>,
    },
    Unproven(UnprovenLine<'a>),
    Errored {
        probe: &'a str,
        object: &'a str,
        command: &'a str,
        role: &'a str,
        reason: &'a str,
    },
    Covered(CoveredLine),
    Replayed(ReplayedLine),
    Finished(FinishedLine<'a>),
    Rehearsed(RehearsedLine<'a>),
    Failed(FailedLine<'a>),
    Interrupted,
}

#[derive(Serialize)]
struct StartedLine<'a> {
    system: &'a str,
    directory: &'a str,
    seed: u64,
    shard: Option<&'a str>,
    left_out: &'a [String],
    server: &'a str,
    migrations: usize,
    tables: usize,
    policies: usize,
    functions: usize,
    tenants: usize,
    users: usize,
    rows: usize,
}

#[derive(Serialize)]
struct LeakLine<'a> {
    probe: &'a str,
    severity: &'static str,
    object: &'a str,
    object_kind: &'a str,
    command: &'a str,
    role: &'a str,
    attacker: &'a str,
    victim: &'a str,
    door: &'a str,
    title: &'a str,
    /// Absent places are null, so that every line of a kind has the same keys.
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    culprit: CulpritLine<'a>,
    source: Option<SourceLine<'a>>,
    expected: &'a str,
    got: &'a str,
    notes: &'a [String],
    repro: &'a str,
    help: Option<&'a str>,
    /// Null where nothing that was tried closed the leak.
    patch: Option<PatchLine<'a>>,
    /// Every way through the same cause, the leak's own included.
    doors: Vec<DoorLine<'a>>,
    fingerprint: &'a str,
    system: &'a str,
}

#[derive(Serialize)]
struct PatchLine<'a> {
    sql: &'a str,
    says: &'a str,
    controls: usize,
}

#[derive(Serialize)]
struct DoorLine<'a> {
    probe: &'a str,
    object: &'a str,
    command: &'a str,
    role: &'a str,
}

#[derive(Serialize)]
struct CulpritLine<'a> {
    kind: &'a str,
    name: &'a str,
}

/// What an excerpt is drawn from: half-open ranges of bytes in `file`.
#[derive(Serialize)]
struct SourceLine<'a> {
    statement: [usize; 2],
    clause: [usize; 2],
    label: &'a str,
}

#[derive(Serialize)]
struct UnprovenLine<'a> {
    object: &'a str,
    command: &'a str,
    role: &'a str,
    attacker: &'a str,
    reason: &'a str,
    allowed: bool,
    system: &'a str,
}

#[derive(Serialize)]
struct FinishedLine<'a> {
    system: &'a str,
    attacks: usize,
    stopped: usize,
    leaked: usize,
    unproven: usize,
    errored: usize,
    not_reached: usize,
    findings: usize,
    accepted: usize,
    cells: usize,
    cells_proven: usize,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct FailedLine<'a> {
    exit_code: u8,
    title: &'a str,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    notes: &'a [String],
    help: Option<&'a str>,
}

/// The event as one line of JSON; `None` for mere progress, which would make two equal runs differ.
pub fn line(event: &Event) -> Option<String> {
    let kind = match event {
        Event::Phase { .. } => return None,
        Event::Started(started) => Kind::Started(started_line(started)),
        Event::Note { text } => Kind::Note { text },
        Event::Leak(finding) => Kind::Leak(leak_line(finding)),
        Event::Accepted { finding, reason } => Kind::Accepted {
            reason,
            leak: leak_line(finding),
        },
        Event::Unproven(unproven) => Kind::Unproven(unproven_line(unproven)),
        Event::Errored {
            probe,
            object,
            command,
            role,
            reason,
        } => Kind::Errored {
            probe,
            object,
            command,
            role,
            reason,
        },
        Event::Covered(covered) => Kind::Covered(CoveredLine::of(covered)),
        Event::Finished(summary) => Kind::Finished(finished_line(summary)),
        Event::Rehearsed(rehearsed) => Kind::Rehearsed(rehearsed_json::line(rehearsed)),
        Event::Failed(failure) => {
            let place = failure.excerpt.as_ref().map(|excerpt| &excerpt.place);
            Kind::Failed(FailedLine {
                exit_code: failure.exit_code,
                title: &failure.title,
                file: place.map(|place| place.file.display().to_string()),
                line: place.map(|place| place.line.0.get()),
                column: place.map(|place| place.column.0.get()),
                notes: &failure.notes,
                help: failure.help.as_deref(),
            })
        }
        Event::Replayed(replay) => Kind::Replayed(ReplayedLine::of(replay)),
        Event::Interrupted => Kind::Interrupted,
    };
    let line = Line {
        v: VERSION,
        event: kind,
    };
    Some(serde_json::to_string(&line).expect("strings and numbers always become JSON"))
}

fn started_line(started: &Started) -> StartedLine<'_> {
    StartedLine {
        system: &started.system,
        directory: &started.directory,
        seed: started.seed,
        shard: started.shard.as_deref(),
        left_out: &started.left_out,
        server: &started.server,
        migrations: started.migrations,
        tables: started.tables,
        policies: started.policies,
        functions: started.functions,
        tenants: started.tenants,
        users: started.users,
        rows: started.rows,
    }
}

fn leak_line(finding: &Finding) -> LeakLine<'_> {
    let place = finding.culprit.source.as_ref().map(|source| &source.place);
    LeakLine {
        probe: &finding.probe,
        severity: finding.severity.name(),
        object: &finding.object,
        object_kind: &finding.object_kind,
        command: &finding.command,
        role: &finding.role,
        attacker: &finding.attacker,
        victim: &finding.victim,
        door: &finding.door,
        title: &finding.title,
        file: place.map(|place| place.file.display().to_string()),
        line: place.map(|place| place.line.0.get()),
        column: place.map(|place| place.column.0.get()),
        culprit: CulpritLine {
            kind: &finding.culprit.kind,
            name: &finding.culprit.name,
        },
        source: finding.culprit.source.as_ref().map(source_line),
        expected: &finding.expected,
        got: &finding.got,
        notes: &finding.notes,
        repro: &finding.repro,
        patch: finding.patch.as_ref().map(|patch| PatchLine {
            sql: &patch.sql,
            says: &patch.says,
            controls: patch.controls,
        }),
        help: finding.help.as_deref(),
        doors: finding.doors.iter().map(door_line).collect(),
        fingerprint: &finding.fingerprint,
        system: &finding.system,
    }
}

fn source_line(source: &Source) -> SourceLine<'_> {
    SourceLine {
        statement: [source.statement.start, source.statement.end],
        clause: [source.clause.start, source.clause.end],
        label: &source.label,
    }
}

fn door_line(door: &Door) -> DoorLine<'_> {
    DoorLine {
        probe: &door.probe,
        object: &door.object,
        command: &door.command,
        role: &door.role,
    }
}

fn unproven_line(unproven: &Unproven) -> UnprovenLine<'_> {
    UnprovenLine {
        object: &unproven.object,
        command: &unproven.command,
        role: &unproven.role,
        attacker: &unproven.attacker,
        reason: &unproven.reason,
        allowed: unproven.allowed,
        system: &unproven.system,
    }
}

fn finished_line(summary: &Summary) -> FinishedLine<'_> {
    FinishedLine {
        system: &summary.system,
        attacks: summary.attacks,
        stopped: summary.stopped,
        leaked: summary.leaked,
        unproven: summary.unproven,
        errored: summary.errored,
        not_reached: summary.not_reached,
        findings: summary.findings,
        accepted: summary.accepted,
        cells: summary.cells,
        cells_proven: summary.cells_proven,
        elapsed_ms: summary.elapsed_ms,
    }
}
