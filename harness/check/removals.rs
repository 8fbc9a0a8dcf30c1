//! Weighs what a member still reads whose membership was marked as ended: a leak where the mark closes most of what the
//! member saw, and nothing otherwise.
use super::campaign::Judged;
use crate::catalog::Relation;
use crate::oracle::Verdict;
use crate::probes::{Attack, AttackerId, Form, Object, Preparation, Scene};
use std::collections::{BTreeMap, BTreeSet};

type Ending = (AttackerId, Vec<Preparation>);

/// Leaves of these reads the leaks, and of the leaks those that the schema promises not to be.
pub(super) fn weigh(scene: &Scene, judged: &mut Vec<Judged>) {
    let went_through = |judged: &Judged| matches!(judged.verdict, Verdict::Leaked(_));
    let reads: Vec<&Judged> = judged
        .iter()
        .filter(|judged| judged.attack.form == Form::Removed)
        .collect();
    let seen: BTreeSet<_> = reads
        .iter()
        .filter(|judged| judged.attack.preparation.is_empty() && went_through(judged))
        .map(|judged| place(&judged.attack))
        .collect();
    // Of what the member saw: how much is closed by each ending, and how much stays open.
    let mut counts: BTreeMap<Ending, (usize, usize)> = BTreeMap::new();
    let after = reads
        .iter()
        .filter(|judged| !judged.attack.preparation.is_empty());
    for judged in after.filter(|judged| seen.contains(&place(&judged.attack))) {
        let (closed, kept) = counts.entry(ending(&judged.attack)).or_default();
        match &judged.verdict {
            Verdict::Leaked(_) => *kept += 1,
            Verdict::Stopped(_) | Verdict::Unproven(_) => *closed += 1,
            // The ending itself was refused: a CHECK knows better.
            Verdict::Errored(_) => *kept += 1,
        }
    }
    // What lets others in lets in who left as well, and is told there.
    let open: BTreeSet<Object> = judged
        .iter()
        .filter(|judged| judged.attack.form != Form::Removed && went_through(judged))
        .map(|judged| judged.attack.object)
        .collect();
    let promised = |ending: &Ending| {
        counts
            .get(ending)
            .is_some_and(|(closed, kept)| closed > kept)
    };
    judged.retain(|judged| {
        let attack = &judged.attack;
        attack.form != Form::Removed
            || went_through(judged)
                && !attack.preparation.is_empty()
                && !open.contains(&attack.object)
                && promised(&ending(attack))
                && scene
                    .relation(attack.object.oid())
                    .is_some_and(|relation| is_kept(scene, relation))
    });
}

fn ending(attack: &Attack) -> Ending {
    (attack.attacker, attack.preparation.clone())
}

fn place(attack: &Attack) -> (Object, AttackerId) {
    (attack.object, attack.attacker)
}

/// Tables that are closed to those who left. That there is such a tenant, and who was a member, they know anyway.
fn is_kept(scene: &Scene, relation: &Relation) -> bool {
    let memberships = &scene.tenancy.memberships;
    !scene.is_directory(relation)
        && !memberships
            .iter()
            .any(|membership| membership.relation == relation.oid)
}
