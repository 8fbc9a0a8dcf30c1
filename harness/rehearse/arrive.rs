//! Applies the rest of the migrations to the filled database, file by file, and looks at the rows after each.
use super::fill::Filled;
use super::snapshot::Snapshot;
use crate::catalog::{Catalog, Oid};
use crate::check::{CheckError, stage};
use crate::config::RehearsalPlan;
use crate::event::{Event, Listener, Phase};
use crate::server::apply;
use crate::tenancy::Tenancy;
use crate::world::{TrueRow, Truth, load};
use std::collections::BTreeMap;

/// The same database after the last migration.
pub(super) struct Arrived {
    pub catalog: Catalog,
    pub tenancy: Tenancy,
    pub rows: BTreeMap<Oid, Vec<TrueRow>>,
    pub after: Snapshot,
    /// After each migration file.
    pub steps: Vec<(usize, Snapshot)>,
    pub gauged: Vec<apply::Gauged>,
}

/// Applies the rest file by file, measures every statement, and looks at the rows after each file.
pub(super) async fn arrive(
    plan: &RehearsalPlan,
    filled: &mut Filled,
    cut: usize,
    listener: &mut dyn Listener,
) -> Result<Arrived, CheckError> {
    let migrations = &filled.migrated.migrations;
    let client = filled.session.client();
    let total = migrations.statements.len() - cut;
    let (mut steps, mut gauged) = (Vec::new(), Vec::new());
    let mut settings = Vec::new();
    let mut next = cut;
    while next < migrations.statements.len() {
        let file = migrations.statements[next].file;
        let range = next..migrations.statements_of(file).end;
        next = range.end;
        let before = range.start - cut;
        let (applied, measured) = apply::apply_gauged(client, migrations, range, |done, _| {
            listener.hear(&Event::Phase {
                phase: Phase::Rehearsal,
                done: before + done,
                total,
            });
        })
        .await?;
        for note in &applied.notes {
            listener.hear(&Event::Note {
                text: note.to_string(),
            });
        }
        settings = applied.database_settings;
        gauged.extend(measured);
        let catalog = crate::catalog::read(client).await?;
        let tables = load::rows(client, &catalog).await?;
        let missing = Vec::new();
        steps.push((file, Snapshot::new(&catalog, &Truth { tables, missing })));
    }
    filled.migrated.settings.extend(settings);
    let (catalog, tenancy) = stage::understand(
        &filled.session,
        &plan.check,
        listener,
        plan.check.through.as_deref(),
    )
    .await?;
    let rows = load::rows(client, &catalog).await?;
    let truth = Truth {
        tables: rows.clone(),
        missing: Vec::new(),
    };
    let after = Snapshot::new(&catalog, &truth);
    Ok(Arrived {
        catalog,
        tenancy,
        rows,
        after,
        steps,
        gauged,
    })
}
