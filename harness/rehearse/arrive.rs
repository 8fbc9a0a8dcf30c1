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
    /// Owners unknown.
    pub rows: BTreeMap<Oid, Vec<TrueRow>>,
    /// After each migration file.
    pub steps: Vec<(usize, Snapshot)>,
    pub gauged: Vec<apply::Gauged>,
}

impl Arrived {
    /// The rows after the last migration.
    pub fn after(&self) -> &Snapshot {
        let last = self.steps.last();
        &last
            .expect("a rehearsal after which no migration comes is refused before")
            .1
    }
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
    let (mut settings, mut rows) = (Vec::new(), BTreeMap::new());
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
        let truth = Truth {
            tables: load::rows(client, &catalog).await?,
            missing: Vec::new(),
        };
        steps.push((file, Snapshot::new(&catalog, &truth)));
        rows = truth.tables;
    }
    filled.migrated.settings.extend(settings);
    let (catalog, tenancy) = stage::understand(
        &filled.session,
        &plan.check,
        listener,
        plan.check.through.as_deref(),
    )
    .await?;
    Ok(Arrived {
        catalog,
        tenancy,
        rows,
        steps,
        gauged,
    })
}
