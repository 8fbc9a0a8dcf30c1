//! Finds the migration after which something was first wrong with a row.
use super::compare::Wrong;
use super::snapshot::{Fate, Finder, Snapshot};
use crate::event::{Problem, ProblemKind};
use crate::migrations::{Kind, Migrations, tokens};
use crate::span::Place;

/// The rows after each migration file, in order: (file, rows).
pub type Steps = [(usize, Snapshot)];

/// A problem whose migration is looked for.
pub struct Suspect<'a> {
    problem: &'a mut Problem,
    /// An example of it.
    wrong: &'a Wrong,
    /// The columns that say whose a row of the table is.
    owner_columns: Vec<String>,
    /// The earliest file known after which it was so.
    guilty: Option<usize>,
    /// What the columns hold at last.
    last: Option<Vec<Option<String>>>,
    /// It was so after every file looked at.
    open: bool,
}

impl<'a> Suspect<'a> {
    pub fn new(problem: &'a mut Problem, wrong: &'a Wrong, owner_columns: Vec<String>) -> Self {
        let tells = matches!(wrong.kind, ProblemKind::Lost | ProblemKind::Duplicated);
        Suspect {
            problem,
            wrong,
            open: tells || !owner_columns.is_empty(),
            owner_columns,
            guilty: None,
            last: None,
        }
    }

    /// Whether it was so after the step already that the finder looks in.
    fn is_wrong(&mut self, finder: &Finder<'_>, before: &Snapshot, step: &Snapshot) -> bool {
        let table = &before.tables[&self.wrong.table];
        let row = &table.rows[self.wrong.row];
        let fate = finder.fate(&self.wrong.table, table, row);
        match (self.wrong.kind, &fate) {
            (ProblemKind::Lost, fate) => *fate == Fate::Lost,
            (_, Fate::Lost) => false,
            (ProblemKind::Duplicated, Fate::Kept(place, at) | Fate::Elsewhere(place, at)) => {
                finder.copies(place, table, row, *at) > 0
            }
            (_, Fate::Kept(place, at) | Fate::Elsewhere(place, at)) => {
                let there = &step.tables[place];
                let Some(cells) = there.cells(&there.rows[*at], &self.owner_columns) else {
                    return false;
                };
                let cells = cells.into_iter().map(|cell| cell.map(str::to_owned));
                let cells: Vec<Option<String>> = cells.collect();
                *self.last.get_or_insert_with(|| cells.clone()) == cells
            }
        }
    }
}

/// Names the migrations and the places in them, as far as they can be told.
pub fn blame(
    mut suspects: Vec<Suspect<'_>>,
    before: &Snapshot,
    steps: &Steps,
    migrations: &Migrations,
) {
    // From the end: a backfill may pass through states that are wrong for a moment.
    for (file, step) in steps.iter().rev() {
        if suspects.iter().all(|suspect| !suspect.open) {
            break;
        }
        let finder = Finder::new(step, before);
        for suspect in suspects.iter_mut().filter(|suspect| suspect.open) {
            match suspect.is_wrong(&finder, before, step) {
                true => suspect.guilty = Some(*file),
                false => suspect.open = false,
            }
        }
    }
    for Suspect {
        problem, guilty, ..
    } in suspects
    {
        if let Some(file) = guilty {
            problem.migration = Some(migrations.files[file].name.clone());
            problem.place = place(migrations, file, &problem.object);
        }
    }
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
