//! Runs all attacks of one worker on its own database, and judges them.
use super::witnesses;
use crate::oracle::judge;
use crate::oracle::observe::{Request, Runner, observe};
use crate::oracle::{Bench, Observation, ObserveError, Sight, Verdict};
use crate::probes::reassign_row::alone;
use crate::probes::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, controls, rights,
};
use crate::server::Session;
use crate::sqlstate::SqlState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The sessions of one worker: the attackers' login and a superuser, both in the worker's own database.
pub struct Worker {
    pub gateway: Session,
    /// A login of its own for callers without settings: once a custom setting was set in a session, it is '' there and
    /// never NULL again, and a policy may tell the two apart.
    pub pristine: Session,
    pub superuser: Session,
}

/// An attack with its verdict.
#[derive(Debug, Clone)]
pub struct Judged {
    pub attack: Attack,
    pub verdict: Verdict,
    /// How the attack ended, for people: `UPDATE 1`.
    pub got: String,
}

/// Objects and commands by which some honest member reached rows of its own.
pub type Living = BTreeSet<(Object, Command)>;

/// One attack on its way to a verdict.
pub(super) struct Pending {
    pub attack: Attack,
    pub observation: Option<Observation>,
    pub sight: Sight,
    got: String,
}

/// Runs the positive controls; what members reached of their own.
pub async fn prove_baseline(
    worker: &Worker,
    bench: &Bench<'_>,
    controls: &[Attack],
) -> Result<Living, ObserveError> {
    let mut pending = attack_all(worker, bench, controls.to_vec(), &mut |_| {}).await?;
    retry_bound_deletes(worker, bench, &mut pending).await?;
    Ok(pending
        .into_iter()
        .filter(|p| p.sight.own)
        .map(|p| (p.attack.object, p.attack.command))
        .collect())
}

/// What only a token of a trusted role reaches: a policy that asks for it lets nobody else through, and that can be met.
pub async fn prove_gates(
    worker: &Worker,
    bench: &Bench<'_>,
    controls: &[Attack],
    living: &mut Living,
) -> Result<(), ObserveError> {
    let shut: Vec<&Attack> = controls
        .iter()
        .filter(|control| !living.contains(&(control.object, control.command)))
        .collect();
    let mut bearers: BTreeMap<AttackerId, Vec<Attacker>> = BTreeMap::new();
    for control in &shut {
        let member = || bench.scene.attacker(control.attacker);
        bearers
            .entry(control.attacker)
            .or_insert_with(|| controls::trusted(bench.scene.tenancy, member()));
    }
    let mut asked: Vec<&Attack> = Vec::new();
    let mut requests: Vec<Request> = Vec::new();
    for control in shut {
        for bearer in &bearers[&control.attacker] {
            asked.push(control);
            requests.push(Request::of(control, Runner::Attacker(bearer)));
        }
        let member = bench.scene.attacker(control.attacker);
        for promoted in controls::promoted(bench.scene, member, control) {
            asked.push(control);
            requests.push(Request::of(&promoted, Runner::Attacker(member)));
        }
    }
    observe(
        &worker.gateway,
        &requests,
        bench.traces,
        |at, observation| {
            if bench.see(asked[at], &observation, None).own {
                living.insert((asked[at].object, asked[at].command));
            }
        },
    )
    .await
}

/// Runs attacks and judges them.
pub async fn run(
    worker: &Worker,
    bench: &Bench<'_>,
    living: &Living,
    attacks: Vec<Attack>,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<Judged>, ObserveError> {
    let mut pending = attack_all(worker, bench, attacks, progress).await?;
    retry_bound_deletes(worker, bench, &mut pending).await?;
    retry_alone(worker, bench, &mut pending).await?;
    let controls = witnesses::controls(worker, bench, living, &pending).await?;
    let judged = pending.into_iter().zip(controls).map(|(p, controls)| {
        let standing = bench.scene.attacker(p.attack.attacker).standing;
        let verdict = match &p.observation {
            Some(observation) => judge::weigh(&p.attack, standing, observation, p.sight, &controls),
            None => Verdict::Errored("the attack gave no observation".to_owned()),
        };
        Judged {
            attack: p.attack,
            verdict,
            got: p.got,
        }
    });
    Ok(judged.collect())
}

async fn attack_all(
    worker: &Worker,
    bench: &Bench<'_>,
    attacks: Vec<Attack>,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<Pending>, ObserveError> {
    let free = free_observations(worker, bench, &attacks).await?;
    let mut out: Vec<Option<Pending>> = attacks.iter().map(|_| None).collect();
    let mut done = 0;
    let blank = |attack: &Attack| bench.scene.attacker(attack.attacker).settings.is_empty();
    for (session, pristine) in [(&worker.pristine, true), (&worker.gateway, false)] {
        let chosen: Vec<usize> = (0..attacks.len())
            .filter(|&at| blank(&attacks[at]) == pristine)
            .collect();
        let requests: Vec<Request> = chosen
            .iter()
            .map(|&at| {
                Request::of(
                    &attacks[at],
                    Runner::Attacker(bench.scene.attacker(attacks[at].attacker)),
                )
            })
            .collect();
        observe(session, &requests, bench.traces, |index, observation| {
            let at = chosen[index];
            let attack = attacks[at].clone();
            let sight = bench.see(&attack, &observation, free.get(&at));
            let got = observation.summary(attack.command.name());
            out[at] = Some(Pending {
                attack,
                observation: Some(observation),
                sight,
                got,
            });
            done += 1;
            progress(done);
        })
        .await?;
    }
    Ok(out.into_iter().flatten().collect())
}

/// The second half of attacks that compare two statements.
async fn free_observations(
    worker: &Worker,
    bench: &Bench<'_>,
    attacks: &[Attack],
) -> Result<HashMap<usize, Observation>, ObserveError> {
    let pairs: Vec<(usize, Request)> = attacks
        .iter()
        .enumerate()
        .filter_map(|(at, attack)| match &attack.aim {
            Aim::Tell { free } | Aim::Poison { apart: free, .. } => Some((
                at,
                Request::new(
                    free,
                    &attack.preparation,
                    &[],
                    true,
                    Runner::Attacker(bench.scene.attacker(attack.attacker)),
                ),
            )),
            _ => None,
        })
        .collect();
    let requests: Vec<Request> = pairs.iter().map(|(_, request)| request.clone()).collect();
    let mut out = HashMap::new();
    observe(
        &worker.gateway,
        &requests,
        bench.traces,
        |at, observation| {
            out.insert(pairs[at].0, observation);
        },
    )
    .await?;
    Ok(out)
}

/// A delete that only a foreign key refused is tried again without the rows that refer.
async fn retry_bound_deletes(
    worker: &Worker,
    bench: &Bench<'_>,
    pending: &mut [Pending],
) -> Result<(), ObserveError> {
    let bound: Vec<usize> = pending
        .iter()
        .enumerate()
        .filter(|(_, p)| {
            p.attack.command == Command::Delete
                && p.observation.as_ref().and_then(Observation::sqlstate)
                    == Some(SqlState::ForeignKeyViolation)
        })
        .map(|(at, _)| at)
        .collect();
    let again: Vec<Attack> = bound
        .iter()
        .map(|&at| {
            let mut attack = pending[at].attack.clone();
            // What refers refers to the table, also where a view is what is deleted from.
            let scene = bench.scene;
            let named = scene.relation(attack.object.oid());
            let table = named.map(|r| rights::base_of(scene, r).unwrap_or(r).oid);
            attack.preparation.push(Preparation::Unbind {
                relation: table.unwrap_or(attack.object.oid()),
            });
            attack
        })
        .collect();
    for (at, freed) in bound
        .into_iter()
        .zip(attack_all(worker, bench, again, &mut |_| {}).await?)
    {
        pending[at] = freed;
    }
    Ok(())
}

/// A bare update that a policy refused is tried again on the victim's row alone: one row in a state that the policy
/// refuses would hide what happens to the others.
async fn retry_alone(
    worker: &Worker,
    bench: &Bench<'_>,
    pending: &mut [Pending],
) -> Result<(), ObserveError> {
    let refused: Vec<usize> = (0..pending.len())
        .filter(|&at| {
            let p = &pending[at];
            p.attack.command == Command::Update
                && matches!(p.attack.form, Form::Bare | Form::Taking)
                && p.attack.preparation.is_empty()
                && p.observation
                    .as_ref()
                    .is_some_and(|o| o.refusal().is_some())
        })
        .collect();
    let mut again = Vec::new();
    let mut places = Vec::new();
    for at in refused {
        let mut attack = pending[at].attack.clone();
        let attacker = bench.scene.attacker(attack.attacker);
        if let Some(victim) = bench.scene.victim_row(attacker, attack.object.oid()) {
            attack.preparation = alone(bench.scene, attack.object.oid(), victim);
            again.push(attack);
            places.push(at);
        }
    }
    for (at, retried) in places
        .into_iter()
        .zip(attack_all(worker, bench, again, &mut |_| {}).await?)
    {
        if retried.sight.leak.is_some()
            || retried
                .observation
                .as_ref()
                .is_some_and(|o| o.refusal().is_none())
        {
            pending[at] = retried;
        }
    }
    Ok(())
}
