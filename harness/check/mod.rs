//! Conducts a run: the only place that knows every stage.
mod campaign;
mod cause_source;
mod coverage;
mod error;
mod finding;
mod overrides;
mod ready;
mod repro;
mod stage;
mod verdicts;

pub use campaign::{Judged, Living, Worker, prove_baseline, run};
pub use error::CheckError;
pub use ready::Ready;
pub use stage::{Filled, Migrated, migrate};

use crate::catalog::Catalog;
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Phase, Summary};
use crate::oracle::Bench;
use crate::probes::{ALL, Attack, Scene, controls};
use crate::tenancy::Tenancy;
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
    let ready = Ready::of(plan, migrated, listener).await?;
    let scene = ready.scene();
    let bench = ready.bench(&scene);
    let workers = &ready.workers;
    let living = baseline(&workers[0], &bench, listener).await?;
    let judged = campaign(plan, workers, &bench, &living, listener).await?;
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

/// Everything that the chosen probes would try, in the order in which it is run.
pub fn attacks(plan: &CheckPlan, scene: &Scene) -> Vec<Attack> {
    let mut attacks: Vec<Attack> = ALL
        .iter()
        .filter(|probe| plan.probes.iter().any(|name| name == probe.name()))
        .flat_map(|probe| probe.attacks(scene))
        .collect();
    // Cached plans are dropped whenever the role changes, so attacks go role by role, then relation by relation.
    attacks.sort_by_key(|attack| {
        (
            scene.attacker(attack.attacker).role.clone(),
            attack.object,
            attack.command,
            attack.probe,
            attack.attacker,
            attack.form,
        )
    });
    attacks
}

/// All attacks, divided among the workers by the object that they are aimed at.
async fn campaign(
    plan: &CheckPlan,
    workers: &[Worker],
    bench: &Bench<'_>,
    living: &Living,
    listener: &mut dyn Listener,
) -> Result<Vec<Judged>, CheckError> {
    let attacks = attacks(plan, bench.scene);
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
