//! A system at the point where attacks can begin.
use super::CheckError;
use super::campaign::Worker;
use super::stage::{self, Filled, Migrated};
use super::workers;
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Started};
use crate::oracle::Bench;
use crate::probes::{self, Attacker, Scene, attackers};
use crate::world::{Owners, Traces};

/// A migrated system with a loaded world, its attackers, and the workers' open sessions.
///
/// [`Scene`] and [`Bench`] are views of it: `let scene = ready.scene(); let bench = ready.bench(&scene);`.
pub struct Ready<'m> {
    pub migrated: &'m Migrated,
    pub filled: Filled,
    pub callers: Vec<Attacker>,
    /// Each in a database of its own, all with the same rows.
    pub workers: Vec<Worker>,
    traces: Traces,
    owners: Owners,
}

impl<'m> Ready<'m> {
    /// Fills a clone of the migrated database, makes the workers and lets every attacker take its role once.
    pub async fn of(
        plan: &CheckPlan,
        migrated: &'m Migrated,
        listener: &mut dyn Listener,
    ) -> Result<Self, CheckError> {
        let filled = stage::fill(plan, migrated, listener).await?;
        Ready::with(plan, migrated, filled, listener).await
    }

    /// The same with a database that is filled already.
    pub async fn with(
        plan: &CheckPlan,
        migrated: &'m Migrated,
        filled: Filled,
        listener: &mut dyn Listener,
    ) -> Result<Self, CheckError> {
        let callers = attackers::attackers(&filled.tenancy, &filled.world);
        let traces = Traces::new(&migrated.catalog, &filled.truth);
        let owners = Owners::new(
            &migrated.catalog,
            &filled.tenancy,
            &filled.world,
            &filled.truth,
        );
        listener.hear(&Event::Started(facts(plan, migrated, &filled)));
        let workers = workers::workers(plan, migrated, &filled).await?;
        workers::try_roles(&workers[0], &callers).await?;
        Ok(Ready {
            migrated,
            filled,
            callers,
            workers,
            traces,
            owners,
        })
    }

    /// What probes may look at.
    pub fn scene(&self) -> Scene<'_> {
        Scene::new(
            &self.migrated.catalog,
            &self.filled.tenancy,
            &self.filled.world,
            &self.filled.truth,
            &self.callers,
        )
    }

    /// What the judge needs besides the scene.
    pub fn bench<'a>(&'a self, scene: &'a Scene<'a>) -> Bench<'a> {
        Bench::new(scene, &self.traces, &self.owners, &self.filled.public)
    }
}

fn facts(plan: &CheckPlan, migrated: &Migrated, filled: &Filled) -> Started {
    let own = |platform: bool| !platform;
    let tables = migrated
        .catalog
        .relations
        .iter()
        .filter(|r| own(r.platform) && filled.tenancy.scopes.contains_key(&r.oid));
    Started {
        system: plan.system.clone(),
        directory: plan
            .migrations
            .last()
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        seed: plan.seed,
        shard: plan.shard.map(|shard| shard.to_string()),
        left_out: probes::ALL
            .iter()
            .map(|probe| probe.name().to_owned())
            .filter(|name| !plan.probes.contains(name))
            .collect(),
        server: migrated.server.description(),
        migrations: migrated.migrations.names().len(),
        tables: tables.clone().count(),
        policies: tables.map(|r| r.policies.len()).sum(),
        functions: migrated
            .catalog
            .functions
            .iter()
            .filter(|f| own(f.platform))
            .count(),
        tenants: filled.world.tenants.len(),
        users: filled.world.users.len(),
        rows: filled.truth.tables.values().map(Vec::len).sum(),
    }
}
