//! Conducts `watertight status`: migrates, fills, tries, folds.
use super::CheckError;
use super::stage::{self, Migrated};
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Phase};
use crate::status::observe::{Callers, Observed, try_columns};
use crate::status::{Outline, Status, fold};
use crate::stop::Stop;
use crate::tenancy::{Tenancy, conventions};
use crate::world::{UserId, World, settings};

/// How far the move to the tenant's key has come in one system.
pub async fn status(
    plan: &CheckPlan,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Status, CheckError> {
    let migrated = stop.or(stage::migrate(plan, listener)).await?;
    let outcome = stop.or(look(plan, &migrated, listener)).await;
    let stopped = migrated.server.stop().await;
    let status = outcome?;
    stopped?;
    Ok(status)
}

async fn look(
    plan: &CheckPlan,
    migrated: &Migrated,
    listener: &mut dyn Listener,
) -> Result<Status, CheckError> {
    let (catalog, tenancy) = (&migrated.catalog, &migrated.tenancy);
    let alternatives = conventions(catalog, tenancy);
    let outline = Outline::of(catalog, tenancy, &alternatives).ok_or(CheckError::NoTenant)?;
    let mut observed = Observed::default();
    if !outline.old.is_empty() {
        let filled = stage::fill(plan, migrated, listener).await?;
        let session = stage::filled(migrated).await?;
        let callers = callers(&filled.tenancy, &filled.world);
        observed.immutable = try_columns(
            session.client(),
            catalog,
            tenancy,
            &outline,
            &callers,
            |done, total| {
                listener.hear(&Event::Phase {
                    phase: Phase::Owners,
                    done,
                    total,
                })
            },
        )
        .await?;
        session.close().await;
    }
    Ok(Status {
        system: plan.system.clone(),
        through: plan.through.clone(),
        ..fold(catalog, tenancy, &alternatives, &outline, &observed)
    })
}

/// For each value of each key, the settings of a user to whom rows of it belong: triggers may ask who is calling.
fn callers(tenancy: &Tenancy, world: &World) -> Callers {
    let mut callers = Callers::new();
    for (at, user) in world.users.iter().enumerate() {
        let settings = settings(tenancy, world, UserId(at));
        let home = user.tenants.first().map(|tenant| &world.tenants[tenant.0]);
        let keys = user.keys.iter().chain(home.iter().flat_map(|t| &t.keys));
        for (key, value) in keys {
            let known = callers.entry((*key, value.clone()));
            known.or_insert_with(|| settings.clone());
        }
    }
    callers
}
