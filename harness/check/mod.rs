//! Conducts a run: the only place that knows every stage.
mod campaign;
mod cause_source;
mod coverage;
mod error;
mod finding;
mod overrides;
mod repro;
mod stage;
mod verdicts;

pub use error::CheckError;

use crate::catalog::Catalog;
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Phase, Started, Summary};
use crate::oracle::Bench;
use crate::probes::{ALL, Attack, Scene, attackers, controls};
use crate::tenancy::Tenancy;
use crate::world::{Owners, Traces};
use campaign::{Judged, Living, Worker};
use stage::{Filled, Migrated};
use std::cell::{Cell, RefCell};
use std::time::Instant;

/// Attacks one system and tells the listener everything.
pub async fn check(plan: &CheckPlan, listener: &mut dyn Listener) -> Result<Summary, CheckError> {
    let started = Instant::now();
    let migrated = stage::migrate(plan, listener).await?;
    let outcome = attack(plan, &migrated, started, listener).await;
    let stopped = migrated.server.stop().await;
    let summary = outcome?;
    stopped?;
    listener.hear(&Event::Finished(summary.clone()));
    Ok(summary)
}

/// Migrates and infers, and attacks nothing.
pub async fn survey(
    plan: &CheckPlan,
    listener: &mut dyn Listener,
) -> Result<(Catalog, Tenancy), CheckError> {
    let migrated = stage::migrate(plan, listener).await?;
    migrated.server.stop().await?;
    Ok((migrated.catalog, migrated.tenancy))
}

async fn attack(
    plan: &CheckPlan,
    migrated: &Migrated,
    started: Instant,
    listener: &mut dyn Listener,
) -> Result<Summary, CheckError> {
    let filled = stage::fill(plan, migrated, listener).await?;
    let callers = attackers::attackers(&filled.tenancy, &filled.world);
    let scene = Scene::new(
        &migrated.catalog,
        &filled.tenancy,
        &filled.world,
        &filled.truth,
        &callers,
    );
    let traces = Traces::new(&migrated.catalog, &filled.truth);
    let owners = Owners::new(
        &migrated.catalog,
        &filled.tenancy,
        &filled.world,
        &filled.truth,
    );
    let bench = Bench::new(&scene, &traces, &owners, &filled.public);
    listener.hear(&Event::Started(facts(plan, migrated, &filled)));
    let workers = stage::workers(plan, migrated, &filled).await?;
    stage::try_roles(&workers[0], &callers).await?;
    let living = baseline(&workers[0], &bench, listener).await?;
    let judged = campaign(plan, &workers, &bench, &living, listener).await?;
    let findings =
        verdicts::findings(plan, migrated, &workers[0], &bench, &judged, listener).await?;
    let coverage = coverage::coverage(&scene, &judged);
    verdicts::tell(plan, &scene, &judged, &coverage, &findings, listener);
    Ok(verdicts::summary(
        plan,
        &judged,
        &coverage,
        findings.len(),
        started,
    ))
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
        seed: plan.seed,
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

/// Members do what members may do. Where none of them reaches any row of its own, an attack would prove nothing.
async fn baseline(
    worker: &Worker,
    bench: &Bench<'_>,
    listener: &mut dyn Listener,
) -> Result<Living, CheckError> {
    let controls = controls::controls(bench.scene);
    listener.hear(&Event::Phase {
        phase: Phase::Baseline,
        done: 0,
        total: controls.len(),
    });
    let living = campaign::prove_baseline(worker, bench, &controls).await?;
    listener.hear(&Event::Phase {
        phase: Phase::Baseline,
        done: controls.len(),
        total: controls.len(),
    });
    let policed = bench
        .scene
        .owned()
        .any(|r| r.rls && !r.policies.is_empty() && !r.platform);
    let reached = living
        .iter()
        .any(|(_, command)| *command == crate::probes::Command::Select);
    if policed && !reached {
        return Err(CheckError::Baseline {
            evidence: bench.scene.tenancy.evidence.clone(),
        });
    }
    Ok(living)
}

/// All attacks, divided among the workers by the object that they are aimed at.
async fn campaign(
    plan: &CheckPlan,
    workers: &[Worker],
    bench: &Bench<'_>,
    living: &Living,
    listener: &mut dyn Listener,
) -> Result<Vec<Judged>, CheckError> {
    let mut attacks: Vec<Attack> = ALL
        .iter()
        .filter(|probe| plan.probes.iter().any(|name| name == probe.name()))
        .flat_map(|probe| probe.attacks(bench.scene))
        .collect();
    // Cached plans are dropped whenever the role changes, so attacks go role by role, then relation by relation.
    attacks.sort_by_key(|attack| {
        (
            bench.scene.attacker(attack.attacker).role.clone(),
            attack.object,
            attack.command,
            attack.probe,
            attack.attacker,
            attack.form,
        )
    });
    let total = attacks.len();
    let mut parts: Vec<Vec<Attack>> = vec![Vec::new(); workers.len()];
    for attack in attacks {
        parts[attack.object.oid() as usize % workers.len()].push(attack);
    }
    let listener = RefCell::new(listener);
    let done: Vec<Cell<usize>> = parts.iter().map(|_| Cell::new(0)).collect();
    listener.borrow_mut().hear(&Event::Phase {
        phase: Phase::Attacks,
        done: 0,
        total,
    });
    let runs = workers
        .iter()
        .zip(parts)
        .enumerate()
        .map(|(at, (worker, part))| {
            let (listener, done) = (&listener, &done);
            async move {
                let mut progress = |count: usize| {
                    done[at].set(count);
                    if count.is_multiple_of(50) {
                        let done = done.iter().map(Cell::get).sum();
                        listener.borrow_mut().hear(&Event::Phase {
                            phase: Phase::Attacks,
                            done,
                            total,
                        });
                    }
                };
                campaign::run(worker, bench, living, part, &mut progress).await
            }
        });
    let mut judged = Vec::with_capacity(total);
    for part in futures_util::future::join_all(runs).await {
        judged.extend(part?);
    }
    listener.borrow_mut().hear(&Event::Phase {
        phase: Phase::Attacks,
        done: total,
        total,
    });
    Ok(judged)
}
