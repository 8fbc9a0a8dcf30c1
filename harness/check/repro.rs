//! Makes the script of a finding: the fewest rows and claims with which the same attack still leaks.
use super::campaign::Worker;
use super::{committed, repro_sensed};
use crate::oracle::observe::{Request, Runner, alone};
use crate::oracle::{Bench, Fate, Leak, Observation, ObserveError};
use crate::probes::{Aim, Attack, Attacker, Preparation};
use crate::shrink::{Case, closure, reduce, render};
use std::collections::BTreeSet;

type Place = (u32, String);

/// A leak that is made smaller: it must stay one of the same victim.
struct Shrinking<'a> {
    worker: &'a Worker,
    bench: &'a Bench<'a>,
    attack: &'a Attack,
    leak: &'a Leak,
}

/// The script. `victim` is the name of the tenant or user that the leak is about.
pub async fn repro(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    leak: &Leak,
    victim: &str,
) -> Result<String, ObserveError> {
    if let Some(story) = committed::story(bench, attack) {
        return Ok(story);
    }
    if attack.aim == Aim::Sense {
        return repro_sensed::repro(worker, bench, attack, victim).await;
    }
    let shrinking = Shrinking {
        worker,
        bench,
        attack,
        leak,
    };
    let attacker = bench.scene.attacker(attack.attacker).clone();
    let about = about(worker, bench, attack).await?;
    let start = closure(bench.scene, attack, &about);
    let rows = match reduce(&start, async |rows: &[Place]| {
        shrinking.leaks(&attacker, rows).await
    })
    .await
    {
        Some(rows) => rows,
        None => {
            let all = everything(bench, attack);
            reduce(&all, async |rows: &[Place]| {
                shrinking.leaks(&attacker, rows).await
            })
            .await
            .unwrap_or(all)
        }
    };
    let attacker = shrinking.fewer_claims(attacker, &rows).await;
    let got = match shrinking.attack_among(&attacker, &rows).await {
        Ok(observation) => observation.summary(attack.command.name()),
        Err(_) => String::new(),
    };
    Ok(render(
        bench.scene,
        &Case {
            attack: attack.clone(),
            attacker,
            rows,
        },
        victim,
        &got,
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
    if let Aim::Gained { hidden, .. } = &attack.aim {
        out.extend(hidden.iter().cloned());
    }
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

impl Shrinking<'_> {
    /// The attack when nothing but these rows stands in the database.
    async fn attack_among(
        &self,
        attacker: &Attacker,
        rows: &[Place],
    ) -> Result<Observation, ObserveError> {
        let request = Request::of(&self.among(rows), Runner::Attacker(attacker));
        alone(&self.worker.gateway, &request).await
    }

    fn among(&self, rows: &[Place]) -> Attack {
        let mut smaller = self.attack.clone();
        smaller.preparation.push(Preparation::KeepOnly {
            rows: rows.to_vec(),
        });
        smaller
    }

    /// Whether it still leaks to this attacker, about the same victim.
    async fn leaks(&self, attacker: &Attacker, rows: &[Place]) -> bool {
        let smaller = self.among(rows);
        let free = match &self.attack.aim {
            Aim::Tell { free } | Aim::Poison { apart: free, .. } => {
                let runner = Runner::Attacker(attacker);
                let request = Request::new(free, &smaller.preparation, &[], true, runner);
                alone(&self.worker.gateway, &request).await.ok()
            }
            _ => None,
        };
        let Ok(observation) = self.attack_among(attacker, rows).await else {
            return false;
        };
        let seen = self.bench.see(&smaller, &observation, free.as_ref()).leak;
        seen.is_some_and(|leak| leak.victim == self.leak.victim)
    }

    /// Leaves out settings and parts of their JSON documents that the leak does not need.
    async fn fewer_claims(&self, attacker: Attacker, rows: &[Place]) -> Attacker {
        let mut kept = attacker;
        for at in (0..kept.settings.len()).rev() {
            let mut fewer = kept.clone();
            fewer.settings.remove(at);
            if self.leaks(&fewer, rows).await {
                kept = fewer;
                continue;
            }
            let Some(document) = object(&kept.settings[at].1) else {
                continue;
            };
            for name in document.keys() {
                let mut fewer = kept.clone();
                let Some(mut smaller) = object(&fewer.settings[at].1) else {
                    continue;
                };
                smaller.shift_remove(name);
                fewer.settings[at].1 = serde_json::Value::Object(smaller).to_string();
                if self.leaks(&fewer, rows).await {
                    kept = fewer;
                }
            }
        }
        kept
    }
}

fn object(text: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(document)) => Some(document),
        _ => None,
    }
}
