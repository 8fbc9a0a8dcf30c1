//! Conducts `watertight status`: migrates, fills, tries, folds.
use super::CheckError;
use super::stage::{self, Migrated};
use crate::catalog::Catalog;
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Phase};
use crate::server::Session;
use crate::status::observe::{Callers, Observed, count, try_columns};
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
    let (world, _) = stage::load(plan, migrated, listener).await?;
    let session = stage::connect(migrated, stage::FILLED, None).await?;
    let rows = Rows {
        session: &session,
        world: &world,
        migrated: false,
    };
    let told = tell_status(plan, catalog, tenancy, rows, listener).await;
    session.close().await;
    told
}

/// A filled database, with the world that its rows are of.
pub struct Rows<'a> {
    /// A superuser's.
    pub session: &'a Session,
    pub world: &'a World,
    /// The rows went through migrations, so that what they hold says what the migrations filled.
    pub migrated: bool,
}

/// The status that a schema and the rows in it tell.
pub async fn tell_status(
    plan: &CheckPlan,
    catalog: &Catalog,
    tenancy: &Tenancy,
    rows: Rows<'_>,
    listener: &mut dyn Listener,
) -> Result<Status, CheckError> {
    let alternatives = conventions(catalog, tenancy);
    let outline = Outline::of(catalog, tenancy, &alternatives).ok_or(CheckError::NoTenant)?;
    let mut observed = Observed::default();
    let client = rows.session.client();
    if !outline.old.is_empty() {
        let callers = rows.callers(tenancy);
        let progress = |done, total| {
            listener.hear(&Event::Phase {
                phase: Phase::Owners,
                done,
                total,
            });
        };
        observed.immutable =
            try_columns(client, catalog, tenancy, &outline, &callers, progress).await?;
    }
    if rows.migrated {
        observed.counts = count(client, catalog, &outline).await?;
    }
    Ok(Status {
        system: plan.system.clone(),
        through: plan.through.clone(),
        ..fold(catalog, tenancy, &alternatives, &outline, &observed)
    })
}

impl Rows<'_> {
    /// For each value of each key, the settings of a user to whom rows of it belong: triggers may ask who is calling.
    pub fn callers(&self, tenancy: &Tenancy) -> Callers {
        let world = self.world;
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
}
