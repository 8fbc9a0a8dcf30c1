//! Divides the attacks among the workers, and those of a worker into rounds that are judged one after the other.
use super::CheckError;
use super::campaign::{self, Judged, Living, Worker};
use super::limits::Limits;
use super::verdicts::name;
use super::{Ready, committed, other_world};
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Phase};
use crate::oracle::Bench;
use crate::probes::{ALL, Aim, Attack, Form, Scene};
use crate::stop::Stopped;
use futures_util::future::try_join_all;
use sha2::{Digest, Sha256};
use std::cell::{Cell, RefCell};

/// Everything that the chosen probes would try of the plan's part of the objects, in the order in which it is run.
pub fn attacks(plan: &CheckPlan, scene: &Scene) -> Vec<Attack> {
    let mut attacks: Vec<Attack> = ALL
        .iter()
        .filter(|probe| plan.probes.iter().any(|name| name == probe.name()))
        .flat_map(|probe| probe.attacks(scene))
        .filter(|attack| {
            plan.shard
                .is_none_or(|shard| shard.holds(&part(scene, attack)))
        })
        .collect();
    match plan.time {
        None => attacks.sort_by_key(|attack| rank(scene, attack)),
        // Whatever comes last may never be reached: it is something else with every seed.
        Some(_) => attacks.sort_by_cached_key(|attack| {
            (
                turn(plan.seed, &name(scene, attack.object)),
                attack.object,
                rank(scene, attack),
            )
        }),
    }
    attacks
}

/// What decides in which part of a run an attack is made. The reads of removed members are weighed together.
fn part(scene: &Scene, attack: &Attack) -> String {
    match attack.form {
        Form::Removed => "removed members".to_owned(),
        _ => name(scene, attack.object),
    }
}

/// When it is an object's turn, where time is short.
fn turn(seed: u64, object: &str) -> [u8; 32] {
    Sha256::digest(format!("{seed} {object}")).into()
}

/// The attacks of one transaction, and those that need a database of their own: they are run when all others are judged.
pub fn divide(attacks: Vec<Attack>) -> (Vec<Attack>, Vec<Attack>) {
    let apart = |attack: &Attack| attack.aim == Aim::Sense || committed::needs_commit(attack);
    attacks.into_iter().partition(|attack| !apart(attack))
}

/// Cached plans are dropped whenever the role changes, so attacks go role by role, then relation by relation.
fn rank(scene: &Scene, attack: &Attack) -> impl Ord + use<> {
    (
        scene.attacker(attack.attacker).role.clone(),
        attack.object,
        attack.command,
        attack.probe,
        attack.attacker,
        attack.form,
    )
}

/// Runs all attacks, divided among the workers by the object that they are aimed at. When asked to stop, or when the time
/// has run out, it gives back what was judged until then.
pub async fn run(
    attacks: Vec<Attack>,
    workers: &[Worker],
    bench: &Bench<'_>,
    living: &Living,
    limits: &Limits<'_>,
    listener: &mut dyn Listener,
) -> Result<Vec<Judged>, CheckError> {
    let total = attacks.len();
    let mut parts: Vec<Vec<Attack>> = vec![Vec::new(); workers.len()];
    for attack in attacks {
        parts[attack.object.oid() as usize % workers.len()].push(attack);
    }
    let mut tell = |done: usize| {
        listener.hear(&Event::Phase {
            phase: Phase::Attacks,
            done,
            total,
        });
    };
    tell(0);
    let (told, done) = (RefCell::new(&mut tell), Cell::new(0));
    let judged = RefCell::new(Vec::with_capacity(total));
    let runs = workers.iter().zip(parts).map(|(worker, part)| {
        let (told, done, judged) = (&told, &done, &judged);
        async move {
            // Attacks on one object share their controls, and a run that is stopped early has verdicts to tell.
            for round in part.chunk_by(|a, b| a.object == b.object) {
                if limits.has_run_out() {
                    break;
                }
                let before = Cell::new(0);
                let mut progress = |count: usize| {
                    done.set(done.get() + count - before.replace(count));
                    if done.get().is_multiple_of(50) {
                        (told.borrow_mut())(done.get());
                    }
                };
                let part =
                    campaign::run(worker, bench, living, round.to_vec(), &mut progress).await?;
                judged.borrow_mut().extend(part);
            }
            Ok::<(), CheckError>(())
        }
    });
    match limits.stop.or(try_join_all(runs)).await {
        Ok(_) => (told.borrow_mut())(judged.borrow().len()),
        Err(CheckError::Stopped(Stopped)) => {}
        Err(error) => return Err(error),
    }
    let mut judged = judged.into_inner();
    // The same order whoever ran them.
    judged.sort_by_cached_key(|judged| rank(bench.scene, &judged.attack));
    Ok(judged)
}

/// Runs what needs a COMMIT and what needs two worlds, after everything else: what another probe shows is no news.
pub async fn run_apart(
    plan: &CheckPlan,
    ready: &Ready<'_>,
    bench: &Bench<'_>,
    apart: Vec<Attack>,
    judged: &[Judged],
) -> Result<Vec<Judged>, CheckError> {
    let (lasting, sensing) = apart.into_iter().partition(committed::needs_commit);
    let mut out = committed::run(plan, ready.migrated, &ready.filled, bench, lasting).await?;
    let here = &ready.workers[0];
    let (migrated, filled) = (ready.migrated, &ready.filled);
    let mut sensed = other_world::compare(plan, migrated, filled, here, bench, sensing).await?;
    other_world::keep_news(bench.scene, &mut sensed, judged);
    out.append(&mut sensed);
    Ok(out)
}
