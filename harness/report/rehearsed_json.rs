//! A rehearsal as one object of JSON, from types made for it.
use crate::event::{CheckResult, HeavyStatement, Rehearsed};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct RehearsedLine<'a> {
    system: &'a str,
    from: &'a str,
    through: &'a str,
    problems: Vec<ProblemLine<'a>>,
    tables: Vec<TableLine<'a>>,
    files: Vec<FileLine<'a>>,
    checks: Vec<CheckLine<'a>>,
    unasked: Option<&'a str>,
    owners: &'a [String],
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct ProblemLine<'a> {
    kind: &'static str,
    object: &'a str,
    title: &'a str,
    migration: Option<&'a str>,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    examples: &'a [String],
    allowed: Option<&'a str>,
}

#[derive(Serialize)]
struct TableLine<'a> {
    name: &'a str,
    platform: bool,
    rows_before: usize,
    rows_after: usize,
    kept: usize,
    moved: usize,
    lost: usize,
    duplicated: usize,
    ownerless: usize,
    made: usize,
    orphans: usize,
    went_to: &'a [String],
    dropped: bool,
    immutable: Option<bool>,
    updatable: Option<bool>,
    refused: u64,
}

#[derive(Serialize)]
struct FileLine<'a> {
    name: &'a str,
    statements: usize,
    elapsed_us: u64,
    heavy: Vec<HeavyLine<'a>>,
}

#[derive(Serialize)]
struct HeavyLine<'a> {
    file: String,
    line: u32,
    head: &'a str,
    held_us: u64,
    rewrites: &'a [String],
    locks: Vec<LockLine<'a>>,
    rows: usize,
}

#[derive(Serialize)]
struct LockLine<'a> {
    table: &'a str,
    who: &'static str,
}

#[derive(Serialize)]
struct CheckLine<'a> {
    name: &'a str,
    file: String,
    line: u32,
    holds: bool,
    got: Option<&'a str>,
}

pub(super) fn line(rehearsed: &Rehearsed) -> RehearsedLine<'_> {
    RehearsedLine {
        system: &rehearsed.system,
        from: &rehearsed.from,
        through: &rehearsed.through,
        problems: problems(rehearsed),
        tables: tables(rehearsed),
        files: rehearsed
            .files
            .iter()
            .map(|file| FileLine {
                name: &file.name,
                statements: file.statements,
                elapsed_us: file.elapsed_us,
                heavy: file.heavy.iter().map(heavy).collect(),
            })
            .collect(),
        checks: checks(rehearsed),
        unasked: rehearsed.unasked.as_deref(),
        owners: &rehearsed.owners,
        elapsed_ms: rehearsed.elapsed_ms,
    }
}

fn problems(rehearsed: &Rehearsed) -> Vec<ProblemLine<'_>> {
    let line = |problem: &'_ crate::event::Problem| {
        let place = problem.place.as_ref();
        (
            place.map(|place| place.file.display().to_string()),
            place.map(|place| place.line.0.get()),
            place.map(|place| place.column.0.get()),
        )
    };
    let problems = rehearsed.problems.iter();
    problems
        .map(|problem| {
            let (file, at, column) = line(problem);
            ProblemLine {
                kind: problem.kind.name(),
                object: &problem.object,
                title: &problem.title,
                migration: problem.migration.as_deref(),
                file,
                line: at,
                column,
                examples: &problem.examples,
                allowed: problem.allowed.as_deref(),
            }
        })
        .collect()
}

fn tables(rehearsed: &Rehearsed) -> Vec<TableLine<'_>> {
    let tables = rehearsed.tables.iter();
    tables
        .map(|table| TableLine {
            name: &table.name,
            platform: table.platform,
            rows_before: table.rows_before,
            rows_after: table.rows_after,
            kept: table.kept,
            moved: table.moved,
            lost: table.lost,
            duplicated: table.duplicated,
            ownerless: table.ownerless,
            made: table.made,
            orphans: table.orphans,
            went_to: &table.went_to,
            dropped: table.dropped,
            immutable: table.immutable,
            updatable: table.updatable,
            refused: table.refused,
        })
        .collect()
}

fn heavy(statement: &HeavyStatement) -> HeavyLine<'_> {
    HeavyLine {
        file: statement.place.file.display().to_string(),
        line: statement.place.line.0.get(),
        head: &statement.head,
        held_us: statement.held_us,
        rewrites: &statement.rewrites,
        locks: statement
            .locks
            .iter()
            .map(|(table, lock)| LockLine {
                table,
                who: lock.name(),
            })
            .collect(),
        rows: statement.rows,
    }
}

fn checks(rehearsed: &Rehearsed) -> Vec<CheckLine<'_>> {
    let checks = rehearsed.checks.iter();
    checks
        .map(|check| CheckLine {
            name: &check.name,
            file: check.place.file.display().to_string(),
            line: check.place.line.0.get(),
            holds: check.result == CheckResult::Holds,
            got: match &check.result {
                CheckResult::Holds => None,
                CheckResult::Fails(got) | CheckResult::Refused(got) => Some(got),
            },
        })
        .collect()
}
