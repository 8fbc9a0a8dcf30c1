//! Rehearses migrations on populated tables: fills a database at one migration, applies the rest, and compares every row.
mod arrive;
mod blame;
mod checks;
mod compare;
mod fill;
mod heirs;
mod judge;
mod snapshot;
mod status;
mod timed;
mod trials;
mod weigh;

use crate::check::{self, CheckError, Migrated, stage};
use crate::config::RehearsalPlan;
use crate::event::{Event, Listener, Summary, Unproven};
use crate::stop::Stop;
use crate::world::TenantId;
use arrive::arrive;
use fill::{Filled, cut, fill};
use judge::judge;
pub use status::status;
use std::time::Instant;

/// Rehearses one system and tells the listener everything; the migrated rows are attacked at the end.
pub async fn rehearse(
    plan: &RehearsalPlan,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Summary, CheckError> {
    let started = Instant::now();
    let migrations = stage::read(&plan.check)?;
    let cut = cut(plan, &migrations)?;
    let server = stop.or(stage::start(&plan.check, listener)).await?;
    let filled = stop
        .or(fill(plan, migrations, cut, server, listener))
        .await?;
    let outcome = go_on(plan, filled, cut, started, stop, listener).await;
    let (migrated, summary) = outcome?;
    migrated.server.stop().await?;
    listener.hear(&Event::Finished(summary.clone()));
    Ok(summary)
}

async fn go_on(
    plan: &RehearsalPlan,
    mut filled: Filled,
    cut: usize,
    started: Instant,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<(Migrated, Summary), CheckError> {
    let arrived = stop.or(arrive(plan, &mut filled, cut, listener)).await?;
    let (rehearsed, world, truth) = stop
        .or(judge(plan, &filled, &arrived, cut, listener))
        .await?;
    filled.session.close().await;
    let mut migrated = filled.migrated;
    (migrated.catalog, migrated.tenancy) = (arrived.catalog, arrived.tenancy);
    let mut rehearsed = rehearsed;
    if plan.rows > 0 {
        let timed = stop.or(timed::run(plan, &migrated, cut, listener)).await?;
        rehearsed.files = timed.files;
        rehearsed.owners.extend(timed.notes);
    }
    let apart = world.tenants.len() > 1 && {
        let populated = |tenant| {
            truth
                .tables
                .values()
                .flatten()
                .any(|row| row.tenant == Some(TenantId(tenant)))
        };
        populated(0) && populated(1)
    };
    let summary = match apart {
        true => {
            let ready = stage::prepare(&plan.check, &migrated, world, truth, listener).await?;
            let mut sparse = Sparse {
                inner: listener,
                undecided: 0,
            };
            let attacked =
                check::attack_filled(&plan.check, &migrated, ready, started, stop, &mut sparse);
            let summary = attacked.await?;
            sparse.tell();
            summary
        }
        false => {
            listener.hear(&Event::Unproven(Unproven {
                system: plan.check.system.clone(),
                object: "isolation".to_owned(),
                reason:
                    "all rows are of one tenant after the migrations: there is nobody to attack"
                        .to_owned(),
                ..Unproven::default()
            }));
            Summary {
                system: plan.check.system.clone(),
                unproven: 1,
                ..Summary::default()
            }
        }
    };
    rehearsed.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    listener.hear(&Event::Rehearsed(Box::new(rehearsed)));
    Ok((migrated, summary))
}

/// Migrated rows are fewer and plainer than those of a world made for attacks: cells that they cannot decide are counted,
/// and left to `check`.
struct Sparse<'a> {
    inner: &'a mut dyn Listener,
    undecided: usize,
}

impl Sparse<'_> {
    fn tell(self) {
        if self.undecided > 0 {
            let cells = self.undecided;
            let text = format!(
                "{cells} cells could not be decided on the migrated rows alone; `watertight check` decides them on rows made for it"
            );
            self.inner.hear(&Event::Note { text });
        }
    }
}

impl Listener for Sparse<'_> {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::Unproven(_) => self.undecided += 1,
            // The grid would call them unproven one by one.
            Event::Covered(_) => {}
            other => self.inner.hear(other),
        }
    }
}
