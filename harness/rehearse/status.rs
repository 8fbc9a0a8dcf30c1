//! `watertight status --from`: how far a move has come, told by rows that went all the way.
use super::arrive::arrive;
use super::compare;
use super::fill::{Filled, cut, fill};
use super::judge::find_heirs;
use crate::check::{self, CheckError, Rows, stage};
use crate::config::RehearsalPlan;
use crate::event::Listener;
use crate::status::Status;
use crate::stop::Stop;
use crate::world::load;

/// Fills the database at one migration, applies the rest, and looks at what became of the rows.
pub async fn status(
    plan: &RehearsalPlan,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Status, CheckError> {
    let migrations = stage::read(&plan.check)?;
    let cut = cut(plan, &migrations)?;
    let server = stop.or(stage::start(&plan.check, listener)).await?;
    let mut filled = stop
        .or(fill(plan, migrations, cut, server, listener))
        .await?;
    let outcome = stop.or(look(plan, &mut filled, cut, listener)).await;
    filled.session.close().await;
    let stopped = filled.migrated.server.stop().await;
    let status = outcome?;
    stopped?;
    Ok(status)
}

async fn look(
    plan: &RehearsalPlan,
    filled: &mut Filled,
    cut: usize,
    listener: &mut dyn Listener,
) -> Result<Status, CheckError> {
    let arrived = arrive(plan, filled, cut, listener).await?;
    let fates = compare::fates(&filled.before, arrived.after());
    let mut world = find_heirs(filled, &arrived, &fates).world;
    let (catalog, tenancy) = (&arrived.catalog, &arrived.tenancy);
    load::adopt(filled.session.client(), catalog, tenancy, &mut world).await?;
    // What the migrations set on their session is not what the next one has.
    let session = stage::connect(&filled.migrated, stage::FILLED, None).await?;
    let rows = Rows {
        session: &session,
        world: &world,
        migrated: true,
    };
    let told = check::tell_status(&plan.check, catalog, tenancy, rows, listener).await;
    session.close().await;
    Ok(Status {
        from: plan.from.clone(),
        ..told?
    })
}
