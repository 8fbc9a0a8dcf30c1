//! Runs the controls: whether the victim's row was there to be reached, and by whom.
use super::campaign::{Living, Pending, Worker};
use super::known_names;
use crate::catalog::{ForeignKey, Oid};
use crate::oracle::observe::{Request, Runner, alone, committed, observe, observe_aloud};
use crate::oracle::{Bench, Controls, Observation, ObserveError, judge};
use crate::probes::{
    Attack, Attacker, Command, Object, Preparation, Scene, Standing, attackers, guests, rights,
};
use crate::sqlstate::SqlState;
use std::collections::{BTreeMap, HashMap};

/// What each attack's controls showed. Controls of the same statement are shared by all attackers.
pub(super) async fn controls(
    worker: &Worker,
    bench: &Bench<'_>,
    living: &Living,
    pending: &[Pending],
) -> Result<Vec<Controls>, ObserveError> {
    let Some(member) = victims_member(bench.scene) else {
        return Ok(pending
            .iter()
            .map(|p| unaided(bench.scene, living, p))
            .collect());
    };
    let mut out: Vec<Controls> = pending
        .iter()
        .map(|p| unaided(bench.scene, living, p))
        .collect();
    let open: Vec<usize> = (0..pending.len())
        .filter(|&at| pending[at].sight.leak.is_none())
        .collect();
    let reached = shared(worker, bench, pending, &open, Runner::Privileged(member)).await?;
    for (&at, (reached, summary, sqlstate)) in open.iter().zip(&reached) {
        out[at].privileged = *reached;
        out[at].summary.clone_from(summary);
        out[at].sqlstate = *sqlstate;
    }
    // A control that was refused may have seen the victim's values in the refusal, which reaches no row.
    let unreached: Vec<usize> = open
        .iter()
        .copied()
        .filter(|&at| !out[at].privileged || out[at].sqlstate.is_some())
        .filter(|&at| pending[at].attack.command != Command::Call)
        .collect();
    let unchecked = shared(
        worker,
        bench,
        pending,
        &unreached,
        Runner::Unchecked(member),
    )
    .await?;
    for (&at, (reached, _, _)) in unreached.iter().zip(&unchecked) {
        out[at].unchecked = *reached;
    }
    compare_worlds(worker, bench, pending, &mut out).await?;
    Ok(out)
}

/// Controls before anything was run.
fn unaided(scene: &Scene, living: &Living, pending: &Pending) -> Controls {
    let attack = &pending.attack;
    let role = &scene.attacker(attack.attacker).role;
    let forbidden = match attack.object {
        Object::Relation(oid) => rights::forbids(scene, role, oid, attack.command),
        _ => false,
    };
    let living = living.contains(&(attack.object, attack.command)) || forbidden;
    Controls {
        privileged: false,
        unchecked: false,
        summary: String::new(),
        sqlstate: None,
        living,
        alike: None,
        depends: None,
    }
}

fn victims_member<'a>(scene: &Scene<'a>) -> Option<&'a Attacker> {
    victims_members(scene).next()
}

fn victims_members<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Attacker> {
    scene
        .attackers
        .iter()
        .filter(|a| a.standing == Standing::VictimsMember)
}

type Shown = (bool, String, Option<SqlState>);

/// Runs the statements of `chosen` attacks as `runner`, each distinct one once.
async fn shared(
    worker: &Worker,
    bench: &Bench<'_>,
    pending: &[Pending],
    chosen: &[usize],
    runner: Runner<'_>,
) -> Result<Vec<Shown>, ObserveError> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut requests: Vec<Request> = Vec::new();
    let mut askers: Vec<Vec<usize>> = Vec::new();
    let mut answered: Vec<usize> = Vec::new();
    for &at in chosen {
        let request = Request::of(&pending[at].attack, runner);
        let index = *known
            .entry(request.message().to_owned())
            .or_insert(requests.len());
        if index == requests.len() {
            requests.push(request);
            askers.push(Vec::new());
        }
        askers[index].push(at);
        answered.push(index);
    }
    let mut shown: HashMap<usize, Shown> = HashMap::new();
    observe(
        &worker.superuser,
        &requests,
        bench.traces,
        |index, observation| {
            for &at in &askers[index] {
                let attack = &pending[at].attack;
                let summary = observation.summary(attack.command.name());
                shown.insert(
                    at,
                    (
                        bench.reaches(attack, &observation),
                        summary,
                        observation.sqlstate(),
                    ),
                );
            }
        },
    )
    .await?;
    Ok(chosen
        .iter()
        .map(|at| {
            shown
                .remove(at)
                .unwrap_or((false, "the control was not run".to_owned(), None))
        })
        .collect())
}

/// Runs attacks again in a world without the victim's rows: calls, and statements that doctored claims made fail.
async fn compare_worlds(
    worker: &Worker,
    bench: &Bench<'_>,
    pending: &[Pending],
    out: &mut [Controls],
) -> Result<(), ObserveError> {
    let chosen: Vec<usize> = (0..pending.len())
        .filter(|&at| {
            pending[at].sight.leak.is_none() && wants_difference(bench.scene, &pending[at])
        })
        .collect();
    let without = |attack: &Attack| -> Vec<Preparation> {
        match (attack.command, attack.object) {
            (Command::Call, _) => vec![Preparation::EraseTenant {
                tenant: attackers::VICTIM,
            }],
            (_, Object::Relation(oid)) => {
                foreign_rows(bench.scene, bench.scene.attacker(attack.attacker), oid)
            }
            _ => Vec::new(),
        }
    };
    let by = |at: usize| bench.scene.attacker(pending[at].attack.attacker);
    let (fresh, used): (Vec<usize>, Vec<usize>) =
        chosen.iter().partition(|&&at| by(at).settings.is_empty());
    let mut seen: Vec<Observation> = Vec::with_capacity(2 * chosen.len());
    for (session, part) in [(&worker.pristine, &fresh), (&worker.gateway, &used)] {
        let mut requests = Vec::new();
        for &at in part {
            let attack = &pending[at].attack;
            let runner = Runner::Attacker(by(at));
            let (erased, looks) = (without(attack), attack.command != Command::Select);
            requests.push(Request::of(attack, runner));
            requests.push(Request::new(
                &attack.statement,
                &erased,
                &attack.watch,
                looks,
                runner,
            ));
        }
        observe_aloud(session, &requests, |_, observation| seen.push(observation)).await?;
    }
    let chosen: Vec<usize> = fresh.into_iter().chain(used).collect();
    for (pair, &at) in seen.chunks(2).zip(&chosen) {
        // What differs between two runs in the same world is noise: such a call tells nothing either way.
        let first = pending[at].observation.as_ref();
        let opens_nothing = |at: usize, pair: &[Observation]| {
            names_nobody(bench.scene, &pair[1]) || pair.iter().any(|seen| garbled(by(at), seen))
        };
        let quiet = |alike: fn(&Observation, &Observation) -> bool| {
            first
                .is_some_and(|first| alike(first, &pair[0]))
                .then(|| alike(&pair[0], &pair[1]) || opens_nothing(at, pair))
        };
        out[at].alike = quiet(judge::tell_alike).or_else(|| quiet(judge::refused_alike));
        let request = Request::of(&pending[at].attack, Runner::Attacker(by(at)));
        if out[at].alike == Some(true) && says_else(worker, by(at), &request, pair).await? {
            out[at].alike = Some(false);
        }
    }
    known_names::forgive(worker, bench, pending, out).await?;
    // A call that was refused for want of a right shows nothing by itself; the victim's member shows what it would reach.
    let calls: Vec<usize> = (0..pending.len())
        .filter(|&at| {
            pending[at].sight.leak.is_none() && pending[at].attack.command == Command::Call
        })
        .collect();
    depend(worker, bench, pending, &calls, out).await
}

/// Whether only what is said on the side differs between the worlds, and says the same each time in the one.
async fn says_else(
    worker: &Worker,
    caller: &Attacker,
    request: &Request,
    pair: &[Observation],
) -> Result<bool, ObserveError> {
    if !judge::tell_alike(&pair[0], &pair[1]) || pair[0].notices == pair[1].notices {
        return Ok(false);
    }
    let session = match caller.settings.is_empty() {
        true => &worker.pristine,
        false => &worker.gateway,
    };
    let again = alone(session, request).await?;
    committed(session, "ROLLBACK").await?;
    Ok(again.notices == pair[0].notices)
}

/// Whether a caller's own claims made the statement fail: no gateway sends such, and that a row with a known key makes them
/// be read opens nothing.
fn garbled(caller: &Attacker, observation: &Observation) -> bool {
    let data_error = observation
        .sqlstate()
        .is_some_and(|state| state.class() == "22");
    caller.standing == Standing::Malformed && data_error
}

/// Whether an attack was refused because a tenant or a user that it names is gone together with the victim's rows: whoever
/// names one knows it, and that it exists opens nothing.
fn names_nobody(scene: &Scene, observation: &Observation) -> bool {
    let Some(refusal) = observation.refusal() else {
        return false;
    };
    let names_key = |key: &ForeignKey| {
        refusal.constraint.as_ref() == Some(&key.name)
            && key.target_columns.iter().all(|column| {
                let place = scene.column_ref(key.target, *column);
                scene.tenancy.key_of(place).is_some()
            })
    };
    let mut keys = scene.catalog.relations.iter().flat_map(|r| &r.foreign_keys);
    refusal.sqlstate == SqlState::ForeignKeyViolation && keys.any(names_key)
}

/// Whether one of the victim's own members sees the difference that the attacker must not see. A function may let members
/// of one rank or state alone through.
async fn depend(
    worker: &Worker,
    bench: &Bench<'_>,
    pending: &[Pending],
    calls: &[usize],
    out: &mut [Controls],
) -> Result<(), ObserveError> {
    let guests = guests(bench.scene);
    let mut members: Vec<&Attacker> = victims_members(bench.scene).chain(&guests).collect();
    members.dedup_by_key(|member| member.settings.clone());
    for member in members {
        let open: Vec<usize> = calls
            .iter()
            .copied()
            .filter(|&at| !out[at].privileged && out[at].depends != Some(true))
            .collect();
        if open.is_empty() {
            break;
        }
        // The same call of another attacker is the same call here, where the member makes it.
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut requests = Vec::new();
        let mut places = Vec::new();
        for &at in &open {
            let attack = &pending[at].attack;
            let by = Runner::Privileged(member);
            let erased = [Preparation::EraseTenant {
                tenant: attackers::VICTIM,
            }];
            let plain = Request::of(attack, by);
            let place = *known
                .entry(plain.message().to_owned())
                .or_insert(requests.len() / 2);
            places.push(place);
            if place == requests.len() / 2 {
                requests.push(plain);
                let (statement, watch) = (&attack.statement, &attack.watch);
                requests.push(Request::new(statement, &erased, watch, true, by));
            }
        }
        let mut seen: Vec<Observation> = Vec::with_capacity(requests.len());
        let session = &worker.superuser;
        observe_aloud(session, &requests, |_, observation| seen.push(observation)).await?;
        for (place, at) in places.into_iter().zip(open) {
            let pair = &seen[2 * place..2 * place + 2];
            let attack = &pending[at].attack;
            let differs = !judge::sound_alike(&pair[0], &pair[1]);
            // A member that writes a row of the victim's shows it too, though the call answers nothing.
            out[at].depends = Some(differs || bench.reaches(attack, &pair[0]));
        }
    }
    Ok(())
}

fn wants_difference(scene: &Scene, pending: &Pending) -> bool {
    let standing = scene.attacker(pending.attack.attacker).standing;
    let state = pending.observation.as_ref().and_then(Observation::sqlstate);
    let data_error =
        state.is_some_and(|state| state.class() == "22" || state == SqlState::UndefinedObject);
    pending.attack.command == Command::Call && state != Some(SqlState::InsufficientPrivilege)
        || state == Some(SqlState::InvalidObjectDefinition)
        || data_error && !standing.is_honest()
}

fn foreign_rows(scene: &Scene, attacker: &Attacker, relation: Oid) -> Vec<Preparation> {
    let mut by_leaf: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
    for (leaf, row) in scene.rows(relation) {
        // One tenant's rows stay, so that the policy is still evaluated for some row.
        if scene.is_foreign(attacker, relation, row.tenant, row.user)
            && row.tenant == Some(attackers::VICTIM)
        {
            by_leaf.entry(leaf).or_default().push(row.ctid.clone());
        }
    }
    by_leaf
        .into_iter()
        .map(|(relation, ctids)| Preparation::EraseRows { relation, ctids })
        .collect()
}
