//! The page's grid: object by command by identity, quiet except where something is wrong.
use super::html::words;
use super::plain::counted;
use super::record::SystemRecord;
use crate::event::{Cells, Covered, Outcome};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

const COMMANDS: [&str; 6] = ["select", "insert", "update", "delete", "truncate", "call"];

/// Objects without a fault are folded when there are more rows than fit on two screens.
const MOST_OPEN: usize = 40;
/// Identities named in one row before the rest is only counted.
const MOST_NAMES: usize = 6;

/// What one cell shows, the quietest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Untried,
    Stopped,
    Allowed,
    Unproven,
    Errored,
    Leaked,
}

impl Mark {
    /// A sign, a word for those who cannot see it, and a class; colour is never the only difference.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Mark::Untried => ("", "", "none"),
            Mark::Stopped => ("·", "stopped", "ok"),
            Mark::Allowed => ("~", "allowed", "allowed"),
            Mark::Unproven => ("?", "unproven", "open"),
            Mark::Errored => ("!", "went wrong", "open"),
            Mark::Leaked => ("✗", "leaked", "leak"),
        }
    }

    fn is_quiet(self) -> bool {
        self <= Mark::Stopped
    }
}

/// A cell with the finding that it leads to.
type Shown<'a> = (Mark, Option<&'a str>);

struct Row<'a> {
    covered: &'a Covered,
    worst: [Shown<'a>; COMMANDS.len()],
    /// Identities that fared alike; empty where everything is quiet.
    identities: Vec<(Vec<&'a str>, [Mark; COMMANDS.len()])>,
}

pub(super) fn grid(system: &SystemRecord, prefix: &str) -> Markup {
    let allowed: BTreeSet<(&str, &str, &str)> = system
        .unproven
        .iter()
        .filter(|cell| cell.allowed)
        .map(|cell| {
            (
                cell.object.as_str(),
                cell.command.as_str(),
                cell.attacker.as_str(),
            )
        })
        .collect();
    let rows = system
        .covered
        .iter()
        .map(|covered| row(system, covered, &allowed));
    let (quiet, loud): (Vec<Row<'_>>, Vec<Row<'_>>) =
        rows.partition(|row| row.identities.is_empty());
    if quiet.is_empty() && loud.is_empty() {
        return html! { p.quiet { "The run ended before the grid was complete." } };
    }
    let open = quiet.len() + loud.len() <= MOST_OPEN;
    html! {
        p.legend {
            @for mark in [Mark::Leaked, Mark::Errored, Mark::Unproven, Mark::Allowed, Mark::Stopped] {
                @let (sign, word, class) = mark.parts();
                span { span class=(class) aria-hidden="true" { (sign) } " " (word) }
                " "
            }
            span { "blank: no such attack" }
        }
        @if !loud.is_empty() { (table(&loud, prefix)) }
        @if !quiet.is_empty() {
            details open[open] {
                summary {
                    (counted(quiet.len(), "object")) " of " (quiet.len() + loud.len())
                    ": every attempt was stopped"
                }
                (table(&quiet, prefix))
            }
        }
    }
}

fn row<'a>(
    system: &'a SystemRecord,
    covered: &'a Covered,
    allowed: &BTreeSet<(&str, &str, &str)>,
) -> Row<'a> {
    let mut worst: [Shown<'a>; COMMANDS.len()] = [(Mark::Untried, None); COMMANDS.len()];
    let mut by_name: BTreeMap<&str, [Mark; COMMANDS.len()]> = BTreeMap::new();
    for cells in &covered.cells {
        let Some(at) = COMMANDS.iter().position(|name| *name == cells.command) else {
            continue;
        };
        let finding = leak_behind(system, covered, cells);
        for attacker in &cells.attackers {
            let key = (
                covered.object.as_str(),
                cells.command.as_str(),
                attacker.as_str(),
            );
            let mark = match (cells.outcome, finding) {
                (Outcome::Stopped, _) => Mark::Stopped,
                (Outcome::Unproven, _) if allowed.contains(&key) => Mark::Allowed,
                (Outcome::Unproven, _) => Mark::Unproven,
                (Outcome::Errored, _) => Mark::Errored,
                (Outcome::Leaked, Some((_, true))) => Mark::Allowed,
                (Outcome::Leaked, _) => Mark::Leaked,
            };
            let marks = by_name
                .entry(attacker)
                .or_insert([Mark::Untried; COMMANDS.len()]);
            marks[at] = marks[at].max(mark);
            if mark > worst[at].0 {
                worst[at] = (mark, finding.map(|(fingerprint, _)| fingerprint));
            }
        }
    }
    let mut identities: Vec<(Vec<&str>, [Mark; COMMANDS.len()])> = Vec::new();
    if worst.iter().any(|(mark, _)| !mark.is_quiet()) {
        for (name, marks) in by_name {
            match identities.iter_mut().find(|(_, known)| *known == marks) {
                Some((names, _)) => names.push(name),
                None => identities.push((vec![name], marks)),
            }
        }
        // Those who got furthest come first.
        identities.sort_by_key(|(_, marks)| std::cmp::Reverse(marks.iter().max().copied()));
    }
    Row {
        covered,
        worst,
        identities,
    }
}

/// The fingerprint behind a leaking cell, and whether it is accepted.
fn leak_behind<'a>(
    system: &'a SystemRecord,
    covered: &Covered,
    cells: &Cells,
) -> Option<(&'a str, bool)> {
    if cells.outcome != Outcome::Leaked {
        return None;
    }
    let finding = system.finding_behind(&covered.object, cells)?;
    let open = system
        .findings
        .iter()
        .any(|known| known.fingerprint == finding.fingerprint);
    Some((&finding.fingerprint, !open))
}

fn table(rows: &[Row<'_>], prefix: &str) -> Markup {
    html! {
        table.grid {
            thead {
                tr {
                    th scope="col" { "object" }
                    @for command in COMMANDS { th scope="col" { span { (command) } } }
                }
            }
            @for row in rows {
                tbody {
                    tr {
                        th scope="rowgroup" {
                            (words(&row.covered.object))
                            @if row.covered.object_kind != "table" {
                                " " span.quiet { (words(&row.covered.object_kind)) }
                            }
                            @if let [(names, _)] = row.identities.as_slice() {
                                span.only { (named(names)) }
                            }
                        }
                        @for (mark, finding) in &row.worst { (cell(*mark, *finding, prefix)) }
                    }
                    @for (names, marks) in row.identities.iter().filter(|_| row.identities.len() > 1) {
                        tr.who {
                            th scope="row" { (named(names)) }
                            @for mark in marks { (cell(*mark, None, prefix)) }
                        }
                    }
                }
            }
        }
    }
}

fn named(names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(MOST_NAMES)
        .map(|name| words(name))
        .collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn cell(mark: Mark, finding: Option<&str>, prefix: &str) -> Markup {
    let (sign, word, class) = mark.parts();
    let link = finding.filter(|_| mark == Mark::Leaked);
    html! {
        td class=(class) {
            @if let Some(fingerprint) = link {
                a href={ "#" (prefix) "-f-" (words(fingerprint)) } title=(word) { (sign) span.spoken { " " (word) } }
            } @else if mark != Mark::Untried {
                (sign) span.spoken { " " (word) }
            }
        }
    }
}
