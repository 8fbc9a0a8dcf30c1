//! Makes the script of a finding: the fewest rows, columns and claims with which the same attack still leaks.
use super::campaign::Worker;
use super::repro_rows::{about, everything};
use super::{committed, repro_sensed};
use crate::catalog::Generated;
use crate::oracle::observe::{Request, Runner, alone};
use crate::oracle::{Bench, Gain, Leak, Observation, ObserveError};
use crate::probes::{Aim, Attack, Attacker, Preparation};
use crate::shrink::{Case, closure, founded, reduce, render};
use crate::world::TrueRow;
use std::collections::{BTreeMap, BTreeSet};

type Place = (u32, String);

/// A column of a row.
type Cell = (Place, i16);

/// What stands in the database, and what of it is left to its default.
struct Rows {
    rows: Vec<Place>,
    unsaid: BTreeSet<Cell>,
}

impl Rows {
    fn whole(rows: &[Place]) -> Rows {
        Rows {
            rows: rows.to_vec(),
            unsaid: BTreeSet::new(),
        }
    }
}

/// A leak that is made smaller: it must stay one of the same victim.
struct Shrinking<'a> {
    worker: &'a Worker,
    bench: &'a Bench<'a>,
    attack: &'a Attack,
    leak: &'a Leak,
}

/// A leak made small: the script for people, and what a case is made of.
pub struct Reproduced {
    pub script: String,
    pub reduced: Reduced,
}

/// The fewest rows and claims that were found, and what the attack brought among them.
pub struct Reduced {
    pub case: Case,
    pub observation: Option<Observation>,
    pub leak: Leak,
    /// Rows whose coming changes the answer, and whether they come with their triggers.
    pub coming: Option<(Vec<Place>, bool)>,
}

/// The script. `victim` is the name of the tenant or user that the leak is about.
pub async fn repro(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    leak: &Leak,
    victim: &str,
) -> Result<Reproduced, ObserveError> {
    if let Some(script) = committed::story(bench, attack) {
        return Ok(whole(script, bench, attack, leak));
    }
    let is_sensed = matches!(leak.gain, Gain::Sensed { .. });
    if is_sensed && !matches!(attack.aim, Aim::Tell { .. }) {
        return repro_sensed::repro(worker, bench, attack, leak, victim).await;
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
        shrinking.leaks(&attacker, &Rows::whole(rows)).await
    })
    .await
    {
        Some(rows) => rows,
        None => {
            let all = everything(bench, attack);
            reduce(&all, async |rows: &[Place]| {
                shrinking.leaks(&attacker, &Rows::whole(rows)).await
            })
            .await
            .unwrap_or(all)
        }
    };
    let rows = shrinking.founded(rows);
    let rows = Rows {
        unsaid: shrinking.fewer_columns(&attacker, &rows).await,
        rows,
    };
    let attacker = shrinking.fewer_claims(attacker, &rows).await;
    let observation = shrinking.attack_among(&attacker, &rows).await.ok();
    let summary = |seen: &Observation| seen.summary(attack.command.name());
    let got = observation.as_ref().map_or_else(String::new, summary);
    let leak = match &observation {
        Some(observation) => shrinking.seen(&attacker, &rows, observation).await,
        None => None,
    };
    let case = Case {
        attack: attack.clone(),
        attacker,
        rows: rows.rows,
        unsaid: rows.unsaid,
    };
    Ok(Reproduced {
        script: render(bench.scene, &case, victim, &got),
        reduced: Reduced {
            case,
            observation,
            leak: leak.unwrap_or_else(|| shrinking.leak.clone()),
            coming: None,
        },
    })
}

/// A story that is told as it is: nothing reduced.
fn whole(script: String, bench: &Bench<'_>, attack: &Attack, leak: &Leak) -> Reproduced {
    let reduced = Reduced {
        case: Case {
            attack: attack.clone(),
            attacker: bench.scene.attacker(attack.attacker).clone(),
            rows: Vec::new(),
            unsaid: BTreeSet::new(),
        },
        observation: None,
        leak: leak.clone(),
        coming: None,
    };
    Reproduced { script, reduced }
}

impl Shrinking<'_> {
    /// The attack when nothing but these rows stands in the database.
    async fn attack_among(
        &self,
        attacker: &Attacker,
        rows: &Rows,
    ) -> Result<Observation, ObserveError> {
        let request = Request::of(&self.among(rows), Runner::Attacker(attacker));
        alone(&self.worker.gateway, &request).await
    }

    fn among(&self, rows: &Rows) -> Attack {
        let mut smaller = self.attack.clone();
        let is_rewrite = |step: &Preparation| matches!(step, Preparation::Rewrite { .. });
        let (rewrites, mut steps): (Vec<_>, Vec<_>) =
            smaller.preparation.into_iter().partition(is_rewrite);
        steps.push(Preparation::KeepOnly {
            rows: rows.rows.clone(),
        });
        // A row that is written over stands in another place afterwards.
        steps.extend(rewrites);
        smaller.preparation = steps;
        smaller.preparation.extend(self.resets(&rows.unsaid));
        smaller.preparation.push(self.renewal(rows));
        smaller
    }

    /// The script inserts the rows in the transaction of the attack, where a key that leads out of them is checked again
    /// by every update (manual, 40.1: constraint triggers); so they are written anew here too.
    fn renewal(&self, rows: &Rows) -> Preparation {
        let unsaid: BTreeSet<&Place> = rows.unsaid.iter().map(|(place, _)| place).collect();
        let renewed = rows.rows.iter().filter(|place| {
            let row = self.bench.row(place);
            !unsaid.contains(place) && row.is_some_and(|row| self.is_spare(place, row))
        });
        Preparation::Renew {
            rows: renewed.cloned().collect(),
        }
    }

    /// The rows, with what those refer to that are changed by the attack and so were not written anew: the script inserts
    /// them in the transaction in which they are changed, and their keys are checked again.
    fn founded(&self, rows: Vec<Place>) -> Vec<Place> {
        if !matches!(self.leak.gain, Gain::Changed | Gain::Moved) {
            return rows;
        }
        let changed = rows.iter().filter_map(|place| {
            let row = self.bench.row(place)?;
            (!self.is_spare(place, row)).then_some((place.0, row))
        });
        let changed: Vec<_> = changed.collect();
        let mut all = founded(self.bench.scene, changed);
        all.extend(rows);
        all.into_iter().collect()
    }

    /// Whether a row may be rewritten before the attack. A foreign one that a write may reach could then not be told from
    /// what the attack makes of it.
    fn is_spare(&self, place: &Place, row: &TrueRow) -> bool {
        let scene = self.bench.scene;
        let attacker = scene.attacker(self.attack.attacker);
        if self
            .attack
            .preparation
            .iter()
            .any(|step| step.rewrites(place))
        {
            return false;
        }
        // What may write is looked at afterwards, and a row that was written anew would be taken for a new one.
        let reads = self.attack.command == crate::probes::Command::Select
            && matches!(
                self.leak.gain,
                Gain::Received { .. } | Gain::Told { .. } | Gain::Sensed { .. }
            );
        reads || !scene.is_foreign(attacker, place.0, row.tenant, row.user)
    }

    fn resets(&self, unsaid: &BTreeSet<Cell>) -> Vec<Preparation> {
        let mut by_row: BTreeMap<&Place, Vec<String>> = BTreeMap::new();
        for (place, number) in unsaid {
            let relation = self.bench.scene.relation(place.0);
            let column = relation.and_then(|relation| relation.column(*number));
            let names = by_row.entry(place).or_default();
            names.extend(column.map(|column| column.name.clone()));
        }
        let reset = |((relation, ctid), columns): (&Place, Vec<String>)| Preparation::Reset {
            relation: *relation,
            ctid: ctid.clone(),
            columns,
        };
        by_row.into_iter().map(reset).collect()
    }

    /// Columns whose values the leak does not need: the database fills them, or leaves them empty.
    async fn fewer_columns(&self, attacker: &Attacker, rows: &[Place]) -> BTreeSet<Cell> {
        let spare = self.spare(rows);
        let without = |kept: &[Cell]| -> BTreeSet<Cell> {
            let kept: BTreeSet<&Cell> = kept.iter().collect();
            let unsaid = spare.iter().filter(|cell| !kept.contains(cell));
            unsaid.cloned().collect()
        };
        let kept = reduce(&spare, async |kept: &[Cell]| {
            let fewer = Rows {
                rows: rows.to_vec(),
                unsaid: without(kept),
            };
            self.leaks(attacker, &fewer).await
        });
        kept.await.map(|kept| without(&kept)).unwrap_or_default()
    }

    /// Values that a row can do without.
    fn spare(&self, rows: &[Place]) -> Vec<Cell> {
        let scene = self.bench.scene;
        let mut out = Vec::new();
        for place in rows {
            let (Some(relation), Some(row)) = (scene.relation(place.0), self.bench.row(place))
            else {
                continue;
            };
            if !self.is_spare(place, row) {
                continue;
            }
            let spare = relation.columns.iter().filter(|column| {
                column.generated == Generated::No
                    && (!column.not_null || column.default.is_some())
                    && !relation.primary_key.contains(&column.number)
                    && (column.default.is_some()
                        || scene.value(relation, row, column.number).is_some())
            });
            out.extend(spare.map(|column| (place.clone(), column.number)));
        }
        out
    }

    /// Whether it still leaks to this attacker, about the same victim.
    async fn leaks(&self, attacker: &Attacker, rows: &Rows) -> bool {
        let Ok(observation) = self.attack_among(attacker, rows).await else {
            return false;
        };
        let seen = self.seen(attacker, rows, &observation).await;
        // Another leak of the same victim would make another script. A row that lost a value it needs is shown whole by
        // the error, for example: that is one of the script's own making.
        seen.is_some_and(|leak| {
            leak.victim == self.leak.victim && leak.gain.kind() == self.leak.gain.kind()
        })
    }

    /// The leak that an observation among these rows shows.
    async fn seen(
        &self,
        attacker: &Attacker,
        rows: &Rows,
        observation: &Observation,
    ) -> Option<Leak> {
        let smaller = self.among(rows);
        let free = match &self.attack.aim {
            Aim::Tell { free } | Aim::Poison { apart: free, .. } => {
                let runner = Runner::Attacker(attacker);
                let request = Request::new(free, &smaller.preparation, &[], true, runner);
                alone(&self.worker.gateway, &request).await.ok()
            }
            _ => None,
        };
        self.bench.see(&smaller, observation, free.as_ref()).leak
    }

    /// Leaves out settings and parts of their JSON documents that the leak does not need.
    async fn fewer_claims(&self, attacker: Attacker, rows: &Rows) -> Attacker {
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
