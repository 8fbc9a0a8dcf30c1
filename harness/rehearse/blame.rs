//! Finds the migration after which something was first wrong with a row.
use super::compare::Wrong;
use super::snapshot::{Fate, Finder, Snapshot};
use crate::event::{Problem, ProblemKind};
use crate::migrations::{Kind, Migrations, tokens};
use crate::span::Place;

/// The rows after each migration file, in order: (file, rows).
pub type Steps = [(usize, Snapshot)];

/// Names the migration and the place in it, as far as one can be told.
pub fn blame(
    problem: &mut Problem,
    wrong: &Wrong,
    before: &Snapshot,
    steps: &Steps,
    owner_columns: &[String],
    migrations: &Migrations,
) {
    let Some(file) = first(wrong, before, steps, owner_columns) else {
        return;
    };
    problem.migration = Some(migrations.files[file].name.clone());
    problem.place = place(migrations, file, &problem.object);
}

fn first(
    wrong: &Wrong,
    before: &Snapshot,
    steps: &Steps,
    owner_columns: &[String],
) -> Option<usize> {
    let table = &before.tables[&wrong.table];
    let row = &table.rows[wrong.row];
    // From the end: a backfill may pass through states that are wrong for a moment.
    let mut guilty = None;
    let mut last: Option<Vec<Option<String>>> = None;
    for (file, step) in steps.iter().rev() {
        let finder = Finder::new(step, before);
        let fate = finder.fate(&wrong.table, table, row);
        let still = match (wrong.kind, &fate) {
            (ProblemKind::Lost, fate) => *fate == Fate::Lost,
            (_, Fate::Lost) => false,
            (ProblemKind::Duplicated, Fate::Kept(place, at) | Fate::Elsewhere(place, at)) => {
                finder.copies(place, table, row, *at) > 0
            }
            (_, Fate::Kept(place, at) | Fate::Elsewhere(place, at)) => {
                let there = &step.tables[place];
                let cells = there.cells(&there.rows[*at], owner_columns);
                let cells = cells.map(|cells| {
                    cells
                        .into_iter()
                        .map(|c| c.map(str::to_owned))
                        .collect::<Vec<_>>()
                });
                let same = cells.is_some() && (last.is_none() || last == cells);
                if last.is_none() {
                    last = cells;
                }
                same
            }
        };
        if !still {
            break;
        }
        guilty = Some(*file);
    }
    guilty.filter(|_| {
        wrong.kind == ProblemKind::Lost
            || wrong.kind == ProblemKind::Duplicated
            || !owner_columns.is_empty()
    })
}

/// The first statement of the file that writes rows and names the table, else the first that names it, else the file's first.
fn place(migrations: &Migrations, file: usize, object: &str) -> Option<Place> {
    let name = object.rsplit('.').next().unwrap_or(object);
    let statements = migrations.statements_of(file);
    let names = |at: &usize| {
        let text = migrations.text(*at);
        let mut words = tokens(text).map(|(_, span)| text[span].trim_matches('"'));
        words.any(|word| word.eq_ignore_ascii_case(name))
    };
    let writes = |at: &usize| {
        let head = crate::migrations::head(migrations.text(*at), 1);
        let first = head.first().map(String::as_str);
        matches!(
            first,
            Some("update" | "insert" | "delete" | "truncate" | "merge" | "with" | "do" | "call")
        ) || migrations.statements[*at].kind == Kind::CopyIn
    };
    let found = statements
        .clone()
        .find(|at| names(at) && writes(at))
        .or_else(|| statements.clone().find(names))
        .or_else(|| statements.clone().find(writes))
        .or(Some(statements.start))
        .filter(|at| *at < statements.end)?;
    Some(migrations.place(found))
}
