//! Times the statements on as many rows as asked for, in a copy of its own: there only counts are compared.
use super::fill::{filled_at, seed};
use super::weigh;
use crate::check::{CheckError, Migrated, stage};
use crate::config::RehearsalPlan;
use crate::event::{Event, Listener, Phase, RehearsedFile};
use crate::oracle::observe_rehearsal;
use crate::server::apply;
use crate::world::{self, load};
use std::collections::BTreeMap;

const TIMED: &str = "timed";

/// The files with what their statements took, and what a person should know of the rows.
pub struct Timed {
    pub files: Vec<RehearsedFile>,
    pub notes: Vec<String>,
}

/// Fills another clone of the database before the rest, multiplies its rows, and applies the rest.
pub async fn run(
    plan: &RehearsalPlan,
    migrated: &Migrated,
    cut: usize,
    listener: &mut dyn Listener,
) -> Result<Timed, CheckError> {
    let server = &migrated.server;
    server.clone_database(stage::MIGRATED, TIMED).await?;
    let session = server.connect(TIMED, None).await?;
    let client = session.client();
    let (catalog, tenancy) = stage::understand(
        &session,
        &plan.check,
        listener,
        Some(filled_at(&migrated.migrations, cut)),
    )
    .await?;
    let outline = load::plan(client, &catalog, &tenancy).await?;
    let generated = world::generate(&catalog, &tenancy, &outline, plan.check.seed, None);
    load::load(client, &catalog, &tenancy, &outline, generated).await?;
    seed(plan, &session).await?;
    let left_out = load::inflate(client, &catalog, plan.rows).await?;
    let before = observe_rehearsal::counts(&session).await?;
    let migrations = &migrated.migrations;
    let rest = cut..migrations.statements.len();
    let (_, gauged) = apply::apply_gauged(client, migrations, rest, |done, total| {
        listener.hear(&Event::Phase {
            phase: Phase::Rehearsal,
            done,
            total,
        });
    })
    .await?;
    let after = observe_rehearsal::counts(&session).await?;
    session.close().await;
    let files = weigh::files(migrations, cut, &gauged, &|name| {
        before.get(name).copied().unwrap_or(0)
    });
    Ok(Timed {
        files,
        notes: notes(plan.rows, &before, &after, &left_out),
    })
}

fn notes(
    wanted: usize,
    before: &BTreeMap<String, usize>,
    after: &BTreeMap<String, usize>,
    left_out: &[String],
) -> Vec<String> {
    let total: usize = before.values().sum();
    let mut notes = vec![format!(
        "the times are of {total} rows, up to {wanted} in each table"
    )];
    if !left_out.is_empty() {
        notes.push(format!(
            "{} have only the world's rows, because copies of a row alone are refused there: {}",
            left_out.len(),
            left_out.join(", ")
        ));
    }
    for (table, count) in before {
        let now = after.get(table).copied().unwrap_or(0);
        if now < *count {
            notes.push(format!("{table} had {count} rows and has {now}"));
        }
    }
    notes
}
