//! The rows that a leak is about: what its script starts from before it is made smaller.
use super::campaign::Worker;
use crate::oracle::observe::{Request, Runner, alone};
use crate::oracle::{Bench, Fate, ObserveError};
use crate::probes::{Aim, Attack, Preparation};
use std::collections::BTreeSet;

type Place = (u32, String);

/// The rows that the leak showed.
pub(super) async fn about(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<Vec<Place>, ObserveError> {
    let attacker = bench.scene.attacker(attack.attacker);
    let observation = alone(
        &worker.gateway,
        &Request::of(attack, Runner::Attacker(attacker)),
    )
    .await?;
    let mut out: BTreeSet<Place> = BTreeSet::new();
    for trace in observation.texts().flat_map(|text| bench.traces.find(text)) {
        if bench
            .scene
            .is_foreign(attacker, trace.relation, Some(trace.tenant), trace.user)
            && let Some(row) = bench
                .scene
                .truth
                .tables
                .get(&trace.relation)
                .and_then(|rows| rows.get(trace.row))
        {
            out.insert((trace.relation, row.ctid.clone()));
        }
    }
    out.extend(
        observation
            .changes
            .iter()
            .filter(|change| change.fate == Fate::Gone)
            .map(|change| (change.relation, change.ctid.clone())),
    );
    // What the statement names must stand there, or a reference to it could not be made.
    let supplied = attack
        .supplied
        .iter()
        .flat_map(|text| bench.traces.find(text));
    out.extend(supplied.filter_map(|trace| {
        Some((
            trace.relation,
            bench
                .scene
                .truth
                .tables
                .get(&trace.relation)?
                .get(trace.row)?
                .ctid
                .clone(),
        ))
    }));
    if let Aim::Gained { hidden, .. } = &attack.aim {
        out.extend(hidden.iter().cloned());
    }
    if let Some((leaf, row)) = bench.scene.victim_row(attacker, attack.object.oid()) {
        out.insert((leaf, row.ctid.clone()));
    }
    Ok(out.into_iter().collect())
}

/// Every row that stands there when the attack begins.
pub(super) fn everything(bench: &Bench<'_>, attack: &Attack) -> Vec<Place> {
    let erased = |place: &Place| {
        attack.preparation.iter().any(|step| matches!(step, Preparation::Erase { relation, ctid } if (*relation, ctid) == (place.0, &place.1)))
    };
    bench
        .scene
        .truth
        .tables
        .iter()
        .flat_map(|(oid, rows)| rows.iter().map(|row| (*oid, row.ctid.clone())))
        .filter(|place| !erased(place))
        .collect()
}
