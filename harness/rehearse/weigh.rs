//! What the statements did to the tables with rows, and rows whose columns disagree about their owner.
use crate::catalog::Catalog;
use crate::event::{HeavyStatement, Problem, ProblemKind, RehearsedFile};
use crate::migrations::Migrations;
use crate::server::apply::Gauged;
use crate::tenancy::Tenancy;
use crate::world::{Owners, Truth, World};
use std::time::Duration;

/// Characters of a statement that are shown.
const HEAD: usize = 60;

/// One line per migration file, with the statements that tables with rows felt.
pub fn files(
    migrations: &Migrations,
    cut: usize,
    gauged: &[Gauged],
    rows: &dyn Fn(&str) -> usize,
) -> Vec<RehearsedFile> {
    let mut files: Vec<RehearsedFile> = Vec::new();
    let mut file = usize::MAX;
    for statement in cut..migrations.statements.len() {
        let of = migrations.statements[statement].file;
        if of != file {
            file = of;
            files.push(RehearsedFile {
                name: migrations.files[of].name.clone(),
                statements: 0,
                elapsed_us: 0,
                heavy: Vec::new(),
            });
        }
        let Some(line) = files.last_mut() else {
            continue;
        };
        line.statements += 1;
        for gauged in gauged.iter().filter(|gauged| gauged.statement == statement) {
            line.elapsed_us += micros(gauged.elapsed);
            line.heavy.extend(heavy(migrations, gauged, rows));
        }
    }
    files
}

fn heavy(
    migrations: &Migrations,
    gauged: &Gauged,
    rows: &dyn Fn(&str) -> usize,
) -> Option<HeavyStatement> {
    let rewrites: Vec<String> = gauged
        .rewrites
        .iter()
        .filter(|name| rows(name) > 0)
        .cloned()
        .collect();
    let locks: Vec<_> = gauged
        .locks
        .iter()
        .filter(|(name, _)| rows(name) > 0)
        .cloned()
        .collect();
    let largest = rewrites
        .iter()
        .chain(locks.iter().map(|(name, _)| name))
        .map(|name| rows(name))
        .max()?;
    let text = migrations.text(gauged.statement).split_whitespace();
    let text = text.collect::<Vec<_>>().join(" ");
    let head: String = text.chars().take(HEAD).collect();
    Some(HeavyStatement {
        place: migrations.place(gauged.statement),
        head: if head.len() < text.len() {
            format!("{head}…")
        } else {
            head
        },
        held_us: micros(gauged.held),
        rewrites,
        locks,
        rows: largest,
    })
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Tables with rows whose columns and parents name different owners: one problem each.
pub fn disagreements(
    catalog: &Catalog,
    tenancy: &Tenancy,
    world: &World,
    truth: &Truth,
) -> Vec<Problem> {
    let owners = Owners::new(catalog, tenancy, world, truth);
    let mut problems = Vec::new();
    for relation in catalog.relations.iter().filter(|r| !r.platform) {
        let rows = truth.tables.get(&relation.oid).into_iter().flatten();
        let torn: Vec<String> = rows
            .filter(|row| owners.disagree(relation.oid, &row.values, world))
            .map(|row| {
                let key = relation.primary_key.first();
                let at = key.and_then(|key| relation.columns.iter().position(|c| c.number == *key));
                let value = at.and_then(|at| row.values[at].as_deref());
                format!(
                    "{} {}",
                    at.map_or("row", |at| &relation.columns[at].name),
                    value.unwrap_or(&row.ctid)
                )
            })
            .collect();
        if torn.is_empty() {
            continue;
        }
        let object = relation.display_name();
        let rows = if torn.len() == 1 {
            "1 row".to_owned()
        } else {
            format!("{} rows", torn.len())
        };
        problems.push(Problem {
            kind: ProblemKind::Disagreeing,
            title: format!("{rows} of {object} name two owners: one column says one tenant, another says a second"),
            object,
            migration: None,
            place: None,
            examples: torn.into_iter().take(3).collect(),
            allowed: None,
        });
    }
    problems
}
