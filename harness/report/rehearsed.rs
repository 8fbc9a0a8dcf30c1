//! Draws a rehearsal for people: what went wrong first, then by table, by migration file, and the named checks.
use super::Look;
use super::plain::{counted, one_line, wrap};
use crate::event::{CheckResult, HeavyStatement, Problem, Rehearsed, RehearsedTable};
use std::fmt::Write;

/// Locks held for less are no news at the size of a rehearsal, unless a table was rewritten.
const SHOWN_HEAVY: usize = 3;

/// The whole report.
pub(super) fn draw(rehearsed: &Rehearsed, look: &Look) -> String {
    let mut out = String::new();
    for problem in &rehearsed.problems {
        out.push_str(&problem_lines(problem, look));
    }
    push_tables(&mut out, rehearsed);
    push_files(&mut out, rehearsed);
    push_checks(&mut out, rehearsed, look);
    for note in &rehearsed.owners {
        let _ = writeln!(out, "note: {}", one_line(note));
    }
    let _ = writeln!(out, "{}", last_line(rehearsed));
    out
}

/// One line that sums it up.
pub(super) fn last_line(rehearsed: &Rehearsed) -> String {
    let rows: usize = rehearsed.tables.iter().map(|table| table.rows_before).sum();
    let kept: usize = rehearsed.tables.iter().map(|table| table.kept).sum();
    let problems = rehearsed
        .problems
        .iter()
        .filter(|p| p.allowed.is_none())
        .count();
    let held = rehearsed
        .checks
        .iter()
        .filter(|c| c.result == CheckResult::Holds)
        .count();
    let checks = match (&rehearsed.unasked, rehearsed.checks.len()) {
        (Some(_), _) => "named checks not asked".to_owned(),
        (None, 0) => "no named checks".to_owned(),
        (None, all) => format!("{held} of {all} named checks hold"),
    };
    format!(
        "{}: {kept} of {} kept with their owner from {} through {}: {}, {checks}",
        rehearsed.system,
        counted(rows, "row"),
        rehearsed.from,
        rehearsed.through,
        counted(problems, "problem"),
    )
}

fn problem_lines(problem: &Problem, look: &Look) -> String {
    let word = if problem.allowed.is_some() {
        "allowed"
    } else {
        "error"
    };
    let head = format!(
        "{word}[{}]: {}",
        problem.kind.name(),
        one_line(&problem.title)
    );
    let mut out = format!("{}\n", wrap(&head, look.width));
    match (&problem.place, &problem.migration) {
        (Some(place), _) => {
            let _ = writeln!(out, "   --> {place}");
        }
        (None, Some(name)) => {
            let _ = writeln!(out, "   --> {name}");
        }
        (None, None) => {}
    }
    for example in &problem.examples {
        let _ = writeln!(out, "    | {}", one_line(example));
    }
    if let Some(reason) = &problem.allowed {
        let _ = writeln!(out, "    = allowed: {}", one_line(reason));
    }
    out.push('\n');
    out
}

fn push_tables(out: &mut String, rehearsed: &Rehearsed) {
    // The platform's own tables are news only when something happened to them.
    let news = |table: &&RehearsedTable| {
        !table.platform || table.kept < table.rows_before || table.made > 0
    };
    let tables: Vec<&RehearsedTable> = rehearsed.tables.iter().filter(news).collect();
    let width = tables
        .iter()
        .map(|table| table.name.len())
        .max()
        .unwrap_or(0);
    let _ = writeln!(
        out,
        "{:width$}  before  after  kept  made  remarks",
        "table"
    );
    for table in tables {
        let line = format!(
            "{:width$}  {:>6}  {:>5}  {:>4}  {:>4}  {}",
            table.name,
            table.rows_before,
            table.rows_after,
            table.kept,
            table.made,
            remarks(table)
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    push_immutable(out, rehearsed);
    out.push('\n');
}

/// In how many tables rows keep their owner, where any do: tables of which nothing could be tried do not count.
fn push_immutable(out: &mut String, rehearsed: &Rehearsed) {
    let tried = rehearsed.tables.iter().filter_map(|table| table.immutable);
    let (held, free): (Vec<bool>, Vec<bool>) = tried.partition(|held| *held);
    if !held.is_empty() {
        let all = counted(held.len() + free.len(), "table");
        let _ = writeln!(out, "owner immutable in {} of {all} tried", held.len());
    }
}

fn remarks(table: &RehearsedTable) -> String {
    let mut words: Vec<String> = Vec::new();
    for (count, word) in [
        (table.moved, "moved"),
        (table.lost, "lost"),
        (table.duplicated, "twice"),
        (table.ownerless, "ownerless"),
        (table.orphans, "of nobody"),
    ] {
        if count > 0 {
            words.push(format!("{count} {word}"));
        }
    }
    if table.dropped {
        words.push("dropped".to_owned());
    }
    if !table.went_to.is_empty() {
        words.push(format!("now in {}", table.went_to.join(", ")));
    }
    if table.immutable == Some(true) {
        words.push("owner immutable".to_owned());
    }
    if table.updatable == Some(false) {
        words.push(format!("{} cannot be updated", table.refused));
    }
    words.join(", ")
}

fn push_files(out: &mut String, rehearsed: &Rehearsed) {
    let width = rehearsed
        .files
        .iter()
        .map(|file| file.name.len())
        .max()
        .unwrap_or(0);
    let _ = writeln!(out, "{:width$}  statements       time", "migration");
    for file in &rehearsed.files {
        let _ = writeln!(
            out,
            "{:width$}  {:>10}  {:>9}",
            file.name,
            file.statements,
            milliseconds(file.elapsed_us)
        );
        // The longest locks matter most; the events hold them all.
        let mut heavy: Vec<&HeavyStatement> = file.heavy.iter().collect();
        heavy.sort_by_key(|h| (h.rewrites.is_empty(), std::cmp::Reverse(h.held_us)));
        for statement in heavy.iter().take(SHOWN_HEAVY) {
            let _ = writeln!(out, "  {}", heavy_line(statement));
        }
        if heavy.len() > SHOWN_HEAVY {
            let more = counted(heavy.len() - SHOWN_HEAVY, "more statement");
            let _ = writeln!(out, "  {more} held a lock that others wait for");
        }
    }
    out.push('\n');
}

fn heavy_line(statement: &HeavyStatement) -> String {
    let mut did: Vec<String> = Vec::new();
    if !statement.rewrites.is_empty() {
        did.push(format!("rewrote {}", statement.rewrites.join(", ")));
    }
    for lock in [
        crate::event::Lock::Everybody,
        crate::event::Lock::Lockers,
        crate::event::Lock::Writers,
    ] {
        let tables: Vec<&str> = statement
            .locks
            .iter()
            .filter(|(_, held)| *held == lock)
            .map(|(name, _)| name.as_str())
            .collect();
        match tables.as_slice() {
            [] => {}
            [one] => did.push(format!("{} for {one}", lock.name())),
            many => did.push(format!("{} for {} tables", lock.name(), many.len())),
        }
    }
    format!(
        "{}: {} ({}, {})",
        statement.place,
        did.join("; "),
        milliseconds(statement.held_us),
        counted(statement.rows, "row")
    )
}

fn push_checks(out: &mut String, rehearsed: &Rehearsed, look: &Look) {
    if let Some(reason) = &rehearsed.unasked {
        let _ = writeln!(out, "named checks: not asked: {}\n", one_line(reason));
        return;
    }
    if rehearsed.checks.is_empty() {
        return;
    }
    let _ = writeln!(out, "named checks");
    for check in &rehearsed.checks {
        let (mark, rest) = match &check.result {
            CheckResult::Holds => ("holds  ", String::new()),
            CheckResult::Fails(got) => (
                "FAILS  ",
                format!(" (gave {}; {})", one_line(got), check.place),
            ),
            CheckResult::Refused(why) => {
                ("REFUSED", format!(" ({}; {})", one_line(why), check.place))
            }
        };
        let text = wrap(
            &format!("{}{rest}", one_line(&check.name)),
            look.width.saturating_sub(11),
        );
        let _ = writeln!(out, "  {mark}  {}", text.replace('\n', "\n           "));
    }
    out.push('\n');
}

fn milliseconds(microseconds: u64) -> String {
    format!("{}.{} ms", microseconds / 1000, microseconds % 1000 / 100)
}
