//! Makes the script of a finding: the fewest rows and claims with which the same attack still leaks.
use super::campaign::Worker;
use crate::oracle::observe::{Request, Runner, alone};
use crate::oracle::{Bench, Fate, Leak, ObserveError};
use crate::probes::{Attack, Attacker, Preparation};
use crate::shrink::{Case, closure, reduce, render};
use std::collections::BTreeSet;

type Place = (u32, String);

/// The script, and whether shrinking kept the leak alive.
pub async fn repro(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    victim: &str,
    got: &str,
) -> Result<String, ObserveError> {
    let attacker = bench.scene.attacker(attack.attacker).clone();
    let about = about(worker, bench, attack).await?;
    let start = closure(bench.scene, attack, &about);
    let rows = match reduce(&start, async |rows: &[Place]| {
        leaks(worker, bench, attack, &attacker, rows).await
    })
    .await
    {
        Some(rows) => rows,
        None => {
            let all = everything(bench, attack);
            reduce(&all, async |rows: &[Place]| {
                leaks(worker, bench, attack, &attacker, rows).await
            })
            .await
            .unwrap_or(all)
        }
    };
    let attacker = fewer_claims(worker, bench, attack, attacker, &rows).await;
    Ok(render(
        bench.scene,
        &Case {
            attack: attack.clone(),
            attacker,
            rows,
        },
        victim,
        got,
    ))
}

/// The rows that the leak showed.
async fn about(
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
    if let Some((leaf, row)) = bench.scene.victim_row(attacker, attack.object.oid()) {
        out.insert((leaf, row.ctid.clone()));
    }
    Ok(out.into_iter().collect())
}

fn everything(bench: &Bench<'_>, attack: &Attack) -> Vec<Place> {
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

/// Whether the attack still leaks when nothing but these rows stands in the database.
async fn leaks(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    attacker: &Attacker,
    rows: &[Place],
) -> bool {
    let mut smaller = attack.clone();
    smaller.preparation.push(Preparation::KeepOnly {
        rows: rows.to_vec(),
    });
    let free = match &attack.aim {
        crate::probes::Aim::Tell { free } => alone(
            &worker.gateway,
            &Request::new(
                free,
                &smaller.preparation,
                &[],
                true,
                Runner::Attacker(attacker),
            ),
        )
        .await
        .ok(),
        _ => None,
    };
    match alone(
        &worker.gateway,
        &Request::of(&smaller, Runner::Attacker(attacker)),
    )
    .await
    {
        Ok(observation) => leak_of(bench, &smaller, &observation, free.as_ref()).is_some(),
        Err(_) => false,
    }
}

fn leak_of(
    bench: &Bench<'_>,
    attack: &Attack,
    observation: &crate::oracle::Observation,
    free: Option<&crate::oracle::Observation>,
) -> Option<Leak> {
    bench.see(attack, observation, free).leak
}

/// Leaves out settings and parts of their JSON documents that the leak does not need.
async fn fewer_claims(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    attacker: Attacker,
    rows: &[Place],
) -> Attacker {
    let mut kept = attacker;
    for at in (0..kept.settings.len()).rev() {
        let mut fewer = kept.clone();
        fewer.settings.remove(at);
        if leaks(worker, bench, attack, &fewer, rows).await {
            kept = fewer;
            continue;
        }
        let Ok(serde_json::Value::Object(document)) = serde_json::from_str(&kept.settings[at].1)
        else {
            continue;
        };
        for name in document.keys() {
            let mut fewer = kept.clone();
            let Ok(serde_json::Value::Object(mut smaller)) =
                serde_json::from_str::<serde_json::Value>(&fewer.settings[at].1)
            else {
                continue;
            };
            smaller.shift_remove(name);
            fewer.settings[at].1 = serde_json::Value::Object(smaller).to_string();
            if leaks(worker, bench, attack, &fewer, rows).await {
                kept = fewer;
            }
        }
    }
    kept
}
