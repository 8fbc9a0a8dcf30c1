//! The second of two worlds: the same attack in both must give the same, for they differ only in the victim's data.
use super::CheckError;
use super::campaign::{Judged, Worker};
use super::stage::{self, FILLED, Filled, Migrated};
use super::workers;
use crate::config::CheckPlan;
use crate::oracle::observe::{Request, Runner, committed, observe_aloud};
use crate::oracle::{
    Bench, Control, Gain, Leak, Observation, ObserveError, Verdict, Witness, judge,
};
use crate::probes::attackers::VICTIM;
use crate::probes::{Attack, Attacker, Command, Object, Scene, Standing};
use crate::server::Session;
use crate::world::{self, UserId, World, load};
use std::collections::BTreeSet;

/// The database that holds the other world.
const OTHER: &str = "other";

/// Copies the filled database and changes the victim's private data in the copy. `changed` holds what it would be. Gives what
/// puts the sequences of both where they stood then: a number that was drawn is not rolled back, so they differ afterwards
/// by what was tried before and no longer by what the victim did.
pub(super) async fn make(
    migrated: &Migrated,
    filled: &Filled,
    changed: &World,
) -> Result<[String; 2], CheckError> {
    let (catalog, tenancy) = (&migrated.catalog, &filled.tenancy);
    migrated.server.clone_database(FILLED, OTHER).await?;
    let edits = world::edits(
        catalog,
        tenancy,
        &filled.truth,
        &filled.public,
        changed,
        VICTIM,
    );
    let users = &filled.world.users;
    let member = users.iter().position(|user| user.tenants == [VICTIM]);
    let settings = member.map(|at| world::settings(tenancy, &filled.world, UserId(at)));
    let session = stage::connect(migrated, OTHER, None).await?;
    let before = load::counters(session.client()).await?;
    load::vary(
        session.client(),
        catalog,
        &settings.unwrap_or_default(),
        &edits,
    )
    .await?;
    let after = load::counters(session.client()).await?;
    session.close().await;
    Ok([
        load::restoring(&before, &after),
        load::restoring(&after, &after),
    ])
}

/// Runs attacks in both worlds, and judges by the difference. An attack that ends alike even for those who may see
/// everything says nothing about the victim, and is left out.
pub(super) async fn compare(
    plan: &CheckPlan,
    migrated: &Migrated,
    filled: &Filled,
    here: &Worker,
    bench: &Bench<'_>,
    attacks: Vec<Attack>,
) -> Result<Vec<Judged>, CheckError> {
    if attacks.is_empty() || !filled.has_other {
        return Ok(Vec::new());
    }
    let there = workers::worker(plan, migrated, filled, OTHER).await?;
    let attacks = telling(bench, here, &there, attacks).await?;
    let [first, second] = &filled.renumbering;
    let once = by_attackers(bench, here, first, &attacks).await?;
    let again = by_attackers(bench, here, first, &attacks).await?;
    let other = by_attackers(bench, &there, second, &attacks).await?;
    let mut judged = Vec::new();
    for (at, attack) in attacks.into_iter().enumerate() {
        let (seen, other) = (&once[at], &other[at]);
        // What differs between two runs in the same world is noise; what shows the victim's own values is another
        // probe's finding.
        if !judge::sound_alike(seen, &again[at]) || bench.see(&attack, seen, None).leak.is_some() {
            continue;
        }
        let verdict = judge_pair(bench.scene, attack, seen, other);
        if !is_scoped_key(bench.scene, &verdict) {
            judged.push(verdict);
        }
    }
    Ok(judged)
}

fn judge_pair(
    scene: &Scene,
    mut attack: Attack,
    seen: &Observation,
    other: &Observation,
) -> Judged {
    let got = seen.summary(attack.command.name());
    let verdict = match judge::sound_alike(seen, other) {
        true => match Witness::of(Control::Difference, true) {
            Some(witness) => Verdict::Stopped(witness),
            None => Verdict::Errored("a control that reached gives a witness".to_owned()),
        },
        false => {
            let (with, without) = judge::difference(seen, other, attack.command.name());
            let refusal = seen.refusal().or(other.refusal());
            attack.suspect = refusal.and_then(|refusal| refusal.constraint.clone());
            Verdict::Leaked(Leak {
                victim: Some(VICTIM),
                gain: Gain::Sensed {
                    with,
                    without: format!(
                        "{without}, where {} has other rows",
                        scene.world.tenants[VICTIM.0].name
                    ),
                },
                elsewhere: None,
                rows: 1,
            })
        }
    };
    Judged {
        attack,
        verdict,
        got,
    }
}

/// The attacks whose outcome depends on the victim's data for a superuser with the claims of the victim's member, or
/// (writes) of the attacker.
async fn telling(
    bench: &Bench<'_>,
    here: &Worker,
    there: &Worker,
    attacks: Vec<Attack>,
) -> Result<Vec<Attack>, ObserveError> {
    let attackers = bench.scene.attackers;
    let member = attackers
        .iter()
        .find(|caller| caller.standing == Standing::VictimsMember);
    let claims = |attack: &Attack| -> &Attacker {
        match (attack.command, member) {
            (Command::Select, Some(member)) => member,
            _ => bench.scene.attacker(attack.attacker),
        }
    };
    let requests: Vec<Request> = attacks
        .iter()
        .map(|attack| request(attack, Runner::Privileged(claims(attack))))
        .collect();
    let seen = run(&here.superuser, &requests).await?;
    let other = run(&there.superuser, &requests).await?;
    let pairs = seen.iter().zip(&other);
    Ok(attacks
        .into_iter()
        .zip(pairs)
        .filter(|(_, (seen, other))| !judge::sound_alike(seen, other))
        .map(|(attack, _)| attack)
        .collect())
}

/// What each attacker sees, from where the sequences stood at first.
async fn by_attackers(
    bench: &Bench<'_>,
    worker: &Worker,
    renumbering: &str,
    attacks: &[Attack],
) -> Result<Vec<Observation>, ObserveError> {
    committed(&worker.superuser, renumbering).await?;
    let by = |attack: &Attack| bench.scene.attacker(attack.attacker);
    let mut out: Vec<Option<Observation>> = vec![None; attacks.len()];
    for (session, pristine) in [(&worker.pristine, true), (&worker.gateway, false)] {
        let chosen: Vec<usize> = (0..attacks.len())
            .filter(|&at| by(&attacks[at]).settings.is_empty() == pristine)
            .collect();
        let requests: Vec<Request> = chosen
            .iter()
            .map(|&at| request(&attacks[at], Runner::Attacker(by(&attacks[at]))))
            .collect();
        for (at, seen) in chosen.into_iter().zip(run(session, &requests).await?) {
            out[at] = Some(seen);
        }
    }
    Ok(out.into_iter().flatten().collect())
}

fn request(attack: &Attack, runner: Runner<'_>) -> Request {
    Request::new(&attack.statement, &attack.preparation, &[], false, runner)
}

async fn run(session: &Session, requests: &[Request]) -> Result<Vec<Observation>, ObserveError> {
    let mut out = Vec::with_capacity(requests.len());
    observe_aloud(session, requests, |_, seen| out.push(seen)).await?;
    Ok(out)
}

/// Leaves out what something else shows already, in what the attack reads: one cause is one finding.
pub(super) fn keep_news(scene: &Scene, sensed: &mut Vec<Judged>, others: &[Judged]) {
    let leaked = |other: &&Judged| matches!(other.verdict, Verdict::Leaked(_));
    let shown: BTreeSet<Object> = others
        .iter()
        .filter(leaked)
        .filter(|other| other.attack.command == Command::Select)
        .map(|other| other.attack.object)
        .collect();
    sensed.retain(|sensed| {
        let read = leaked(&sensed) && sensed.attack.command == Command::Select;
        !read || !reads_any(scene, sensed.attack.object, &shown)
    });
}

/// Whether a relation is one of these, or reads one of them at any depth.
fn reads_any(scene: &Scene, object: Object, wanted: &BTreeSet<Object>) -> bool {
    let mut open = vec![object.oid()];
    let mut known = BTreeSet::new();
    while let Some(oid) = open.pop() {
        if !known.insert(oid) {
            continue;
        }
        if wanted.contains(&Object::Relation(oid)) {
            return true;
        }
        open.extend(scene.relation(oid).into_iter().flat_map(|r| &r.reads));
    }
    false
}

/// A unique key that `unique-key` judges by itself: plain columns, all of them known.
fn is_scoped_key(scene: &Scene, judged: &Judged) -> bool {
    let (Object::Relation(oid), Some(name)) = (judged.attack.object, &judged.attack.suspect) else {
        return false;
    };
    let uniques = scene.relation(oid).into_iter().flat_map(|r| &r.uniques);
    uniques
        .into_iter()
        .filter(|unique| unique.name == *name)
        .any(|unique| unique.predicate.is_none() && !unique.columns.contains(&0))
}
