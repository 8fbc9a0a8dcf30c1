//! Conducts a run: the only place that knows every stage.
mod advice;
mod bearers;
mod bisect;
mod building;
mod campaign;
mod cause_source;
mod climb;
mod climbers;
mod committed;
mod coverage;
mod covered;
mod entrance;
mod error;
mod facts;
mod finding;
mod finding_steps;
mod known_names;
mod limits;
mod other_world;
mod overrides;
mod personal;
mod plans;
mod reached;
mod ready;
mod recursion;
mod removals;
mod replay;
mod repro;
mod repro_rows;
mod repro_sensed;
mod rounds;
mod saving;
mod signs;
pub mod stage;
mod status;
mod trials;
mod verdicts;
mod witnesses;
mod workers;

pub use bisect::bisect;
pub use campaign::{Judged, Living, Worker, prove_baseline, run};
pub use error::CheckError;
pub use plans::advise;
pub use ready::Ready;
pub use replay::{Found, replay};
pub use rounds::attacks;
pub use stage::{Filled, MIGRATED, Migrated, migrate};
pub use status::{Rows, status, tell_status};

use trials::Trials;

use crate::catalog::Catalog;
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Phase, Summary, Unproven};
use crate::oracle::{Bench, Reason, observe_engine};
use crate::probes::{Attack, controls};
use crate::stop::{Stop, Stopped};
use crate::tenancy::Tenancy;
use limits::Limits;
use std::time::Instant;

/// Attacks one system and tells the listener everything. When asked to stop, it tells the leaks that it found until then.
pub async fn check(
    plan: &CheckPlan,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Summary, CheckError> {
    let started = Instant::now();
    let migrated = stop.or(stage::migrate(plan, listener)).await?;
    let stored = stop.or(replay::stored(plan, &migrated, listener)).await;
    let outcome = match stored {
        Ok(()) => attack(plan, &migrated, started, stop, listener).await,
        Err(error) => Err(error),
    };
    let way_in = migrated.way_in.get().filter(|_| plan.keep_server);
    let kept = way_in.zip(outcome.as_ref().ok());
    if let Some((way_in, summary)) = kept {
        listener.hear(&Event::Finished(summary.clone()));
        // A stop ends the looking around, and the run was over before.
        let _ = stop.keep(way_in.clone()).await;
    }
    let told = kept.is_some();
    let stopped = migrated.server.stop().await;
    let summary = outcome?;
    stopped?;
    if !told {
        listener.hear(&Event::Finished(summary.clone()));
    }
    Ok(summary)
}

/// Migrates and infers, and attacks nothing.
pub async fn survey(
    plan: &CheckPlan,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<(Catalog, Tenancy), CheckError> {
    let migrated = stop.or(stage::migrate(plan, listener)).await?;
    migrated.server.stop().await?;
    Ok((migrated.catalog, migrated.tenancy))
}

async fn attack(
    plan: &CheckPlan,
    migrated: &Migrated,
    started: Instant,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Summary, CheckError> {
    let filled = stop.or(stage::fill(plan, migrated, listener)).await?;
    attack_filled(plan, migrated, filled, started, stop, listener).await
}

/// Attacks a database that is filled already.
pub async fn attack_filled(
    plan: &CheckPlan,
    migrated: &Migrated,
    filled: Filled,
    started: Instant,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Summary, CheckError> {
    let ready = stop
        .or(Ready::with(plan, migrated, filled, listener))
        .await?;
    let scene = ready.scene();
    let bench = ready.bench(&scene);
    let workers = &ready.workers;
    tell_faults(&ready, listener).await?;
    let living = stop.or(baseline(&workers[0], &bench, listener)).await?;
    let (plain, apart) = rounds::divide(rounds::attacks(plan, &scene));
    let limits = Limits::of(plan, started, stop);
    let planned = coverage::cells(&plain);
    let total = plain.len();
    let mut judged = rounds::run(plain, workers, &bench, &living, &limits, listener).await?;
    let mut missed = Missed {
        attacks: total - judged.len(),
        kinds: Vec::new(),
    };
    removals::weigh(&scene, &mut judged);
    if !stop.is_asked() {
        let cleared = stop.or(clear(&workers[0], &bench, &mut judged));
        unless_stopped(cleared.await)?;
    }
    let more = beyond(plan, &ready, &bench, apart, &judged, &limits, listener);
    judged.extend(missed.take(more.await?));
    let trials = Trials::new(plan, &ready, &bench, &living, &judged);
    let findings = verdicts::findings(&trials, &judged, stop, listener).await?;
    let way_in = entrance::entrance(migrated, &scene, &findings);
    migrated.way_in.get_or_init(|| way_in);
    if stop.is_asked() {
        // Cells that were not reached are not unproven: nobody tried.
        return Err(Stopped.into());
    }
    let mut coverage = coverage::coverage(&scene, &judged);
    coverage::keep_part(plan, &scene, &mut coverage);
    coverage::mark_unreached(&planned, &judged, &mut coverage);
    verdicts::tell(plan, &scene, &coverage, listener);
    recursion::tell(&scene, &judged, listener);
    covered::tell_covered(&plan.system, &scene, &coverage, listener);
    missed.tell(plan, listener);
    let summary = verdicts::summary(plan, &judged, &coverage, findings.len(), started);
    Ok(Summary {
        not_reached: missed.attacks,
        ..summary
    })
}

/// Attacks that take more than one transaction, after those that take one.
async fn beyond(
    plan: &CheckPlan,
    ready: &Ready<'_>,
    bench: &Bench<'_>,
    apart: Vec<Attack>,
    judged: &[Judged],
    limits: &Limits<'_>,
    listener: &mut dyn Listener,
) -> Result<(Vec<Judged>, Missed), CheckError> {
    let mut out = Vec::new();
    let mut missed = Missed::default();
    if !apart.is_empty() {
        let count = apart.len();
        let more = rounds::run_apart(plan, ready, bench, apart, judged);
        match limits.within(more).await? {
            Some(more) => out.extend(more),
            None => {
                missed.attacks = count;
                missed.kinds.push("what takes two worlds or a COMMIT");
            }
        }
    }
    if climbers::is_asked_for(plan) {
        let climbed = steps(plan, &ready.workers[0], bench, listener);
        match limits.within(climbed).await? {
            Some(climbed) => out.extend(climbed),
            None => missed.kinds.push("attacks of several steps"),
        }
    }
    Ok((out, missed))
}

/// Attacks that nobody made, because the time had run out.
#[derive(Debug, Default)]
struct Missed {
    attacks: usize,
    /// Kinds of attacks that are no cells of the grid.
    kinds: Vec<&'static str>,
}

impl Missed {
    /// Adds what was missed beside what was judged.
    fn take(&mut self, (judged, missed): (Vec<Judged>, Missed)) -> Vec<Judged> {
        self.attacks += missed.attacks;
        self.kinds.extend(missed.kinds);
        judged
    }

    fn tell(&self, plan: &CheckPlan, listener: &mut dyn Listener) {
        for kind in &self.kinds {
            listener.hear(&Event::Unproven(Unproven {
                system: plan.system.clone(),
                object: (*kind).to_owned(),
                reason: Reason::NotReached.to_string(),
                ..Unproven::default()
            }));
        }
    }
}

/// What was judged; nothing when the run was stopped meanwhile.
fn unless_stopped<T: Default>(found: Result<T, CheckError>) -> Result<T, CheckError> {
    match found {
        Err(CheckError::Stopped(_)) => Ok(T::default()),
        found => found,
    }
}

async fn clear(
    worker: &Worker,
    bench: &Bench<'_>,
    judged: &mut [Judged],
) -> Result<(), CheckError> {
    bearers::clear(judged);
    Ok(personal::clear(worker, bench, judged).await?)
}

async fn steps(
    plan: &CheckPlan,
    worker: &Worker,
    bench: &Bench<'_>,
    listener: &mut dyn Listener,
) -> Result<Vec<Judged>, CheckError> {
    Ok(climb::climb(plan, worker, bench, listener).await?)
}

/// What the server itself lets through, whatever the schema: told once, and of no table.
async fn tell_faults(ready: &Ready<'_>, listener: &mut dyn Listener) -> Result<(), CheckError> {
    let Some(role) = ready.filled.tenancy.roles.members.first() else {
        return Ok(());
    };
    let superuser = &ready.workers[0].superuser;
    for fault in observe_engine::faults(superuser, role).await? {
        let mend = match fault.mended {
            "" => "no release is known to mend it".to_owned(),
            releases => format!("mended in {releases}"),
        };
        let server = ready.migrated.server.description();
        listener.hear(&Event::Note {
            text: format!(
                "{server} itself leaks, whatever the schema: {} ({}, class {}; tried and seen; {mend})",
                fault.says, fault.cve, fault.class
            ),
        });
    }
    Ok(())
}

/// What members reach of their own, by the statements of the baseline.
async fn prove(worker: &Worker, bench: &Bench<'_>) -> Result<Living, CheckError> {
    let controls = controls::controls(bench.scene);
    let mut living = campaign::prove_baseline(worker, bench, &controls).await?;
    let closer = controls::one_by_one(bench.scene, |object, command| {
        living.contains(&(object, command))
    });
    living.extend(campaign::prove_baseline(worker, bench, &closer).await?);
    Ok(living)
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
    let mut living = prove(worker, bench).await?;
    listener.hear(&Event::Phase {
        phase: Phase::Baseline,
        done: controls.len(),
        total: controls.len(),
    });
    let owned = bench.scene.owned().any(|relation| !relation.platform);
    let reached = living
        .iter()
        .any(|(_, command)| *command == crate::probes::Command::Select);
    if owned && !reached {
        return Err(CheckError::Baseline {
            evidence: bench.scene.tenancy.evidence.clone(),
        });
    }
    campaign::prove_gates(worker, bench, &controls, &mut living).await?;
    Ok(living)
}
