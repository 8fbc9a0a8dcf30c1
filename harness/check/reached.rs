//! What a caller reaches before a step and after it: rows that it reads, rows that it writes.
use super::campaign::Worker;
use super::climbers::session;
use crate::catalog::{Oid, Privilege, Relation, RelationKind};
use crate::oracle::observe::{Request, Runner, observe};
use crate::oracle::observe_sweep::sweep;
use crate::oracle::{Bench, Change, Fate, ObserveError, Place};
use crate::probes::gain_access::Reach;
use crate::probes::rights::readable;
use crate::probes::steps::Step;
use crate::probes::{Attacker, AttackerId, Command, Standing, named, rights, statement};
use std::collections::{BTreeMap, BTreeSet};

/// What a caller reaches without any step.
pub(super) struct Before<'a> {
    id: AttackerId,
    /// Relations that the caller reads without an error.
    readable: Vec<&'a Relation>,
    pub visible: BTreeSet<Place>,
    written: BTreeMap<(Oid, Command), BTreeSet<Place>>,
    /// Relations in which a role that may reaches rows that are not the caller's.
    pub witnessed: BTreeSet<Oid>,
    /// Whether writes are tried after the next steps.
    pub writing: bool,
    /// Statements that were run since somebody counted.
    pub statements: usize,
}

/// What some steps opened, and the probe that is about it.
pub(super) struct Opened {
    pub probe: &'static str,
    pub reach: Reach,
}

impl<'a> Before<'a> {
    pub async fn read(
        worker: &Worker,
        bench: &Bench<'a>,
        id: AttackerId,
        relations: &BTreeSet<Oid>,
    ) -> Result<Before<'a>, ObserveError> {
        let scene = bench.scene;
        let attacker = scene.attacker(id);
        let wanted: Vec<&Relation> = readable(scene, attacker)
            .into_iter()
            .filter(|relation| relations.contains(&relation.oid))
            .collect();
        let texts: Vec<String> = wanted
            .iter()
            .map(|relation| statement::select(scene, &attacker.role, relation))
            .collect();
        let requests: Vec<Request> = texts
            .iter()
            .map(|text| Request::new(text, &[], &[], false, Runner::Attacker(attacker)))
            .collect();
        let mut before = Before {
            id,
            readable: Vec::new(),
            visible: BTreeSet::new(),
            written: BTreeMap::new(),
            witnessed: BTreeSet::new(),
            writing: true,
            statements: requests.len(),
        };
        observe(
            session(worker, scene, id),
            &requests,
            bench.traces,
            |at, observation| {
                if observation.refusal().is_none() {
                    before.readable.push(wanted[at]);
                    before.visible.extend(bench.shown(observation.texts(), &[]));
                }
            },
        )
        .await?;
        Ok(before)
    }

    /// Finds out in which of the relations a role that may reaches rows that are not the caller's.
    pub async fn witness(
        &mut self,
        worker: &Worker,
        bench: &Bench<'_>,
    ) -> Result<(), ObserveError> {
        let scene = bench.scene;
        let attacker = scene.attacker(self.id);
        let member = scene
            .attackers
            .iter()
            .find(|a| a.standing == Standing::VictimsMember);
        let runner = Runner::Privileged(member.unwrap_or(attacker));
        let requests: Vec<Request> = self
            .readable
            .iter()
            .map(|relation| statement::select(scene, &attacker.role, relation))
            .map(|text| Request::new(&text, &[], &[], false, runner))
            .collect();
        self.statements += requests.len();
        let mut witnessed = BTreeSet::new();
        observe(
            &worker.superuser,
            &requests,
            bench.traces,
            |at, observation| {
                let mut places = bench.shown(observation.texts(), &[]).into_iter();
                if places.any(|place| bench.is_others(attacker, &place)) {
                    witnessed.insert(self.readable[at].oid);
                }
            },
        )
        .await?;
        self.witnessed = witnessed;
        Ok(())
    }

    /// Runs the bare writes of tables that were not tried yet; how many rows of these tables the caller writes.
    pub async fn writes(
        &mut self,
        worker: &Worker,
        bench: &Bench<'_>,
        relations: &BTreeSet<Oid>,
    ) -> Result<usize, ObserveError> {
        let attacker = bench.scene.attacker(self.id);
        let all: Vec<(Oid, Command, String)> = relations
            .iter()
            .flat_map(|oid| bare_writes(bench, attacker, *oid))
            .collect();
        let new: Vec<&(Oid, Command, String)> = all
            .iter()
            .filter(|(oid, command, _)| !self.written.contains_key(&(*oid, *command)))
            .collect();
        let found = run(worker, bench, self.id, "", &new).await?;
        self.statements += new.len();
        for (at, (oid, command, _)) in new.iter().enumerate() {
            self.written.insert((*oid, *command), found[at].clone());
        }
        let known = all
            .iter()
            .filter_map(|(oid, command, _)| self.written.get(&(*oid, *command)));
        Ok(known.map(BTreeSet::len).sum())
    }
}

/// `UPDATE` of a meaningless column and `DELETE`, both without reading a column, as far as the role has the right.
pub(super) fn bare_writes(
    bench: &Bench<'_>,
    attacker: &Attacker,
    oid: Oid,
) -> Vec<(Oid, Command, String)> {
    let scene = bench.scene;
    let Some(table) = scene.relation(oid) else {
        return Vec::new();
    };
    if !matches!(table.kind, RelationKind::Table | RelationKind::Partitioned) {
        return Vec::new();
    }
    let may = |privilege| rights::may(scene, &attacker.role, table, privilege);
    let mut out = Vec::new();
    if may(Privilege::Update)
        && let Some(set) = statement::harmless_set(scene, attacker, table)
    {
        out.push((
            oid,
            Command::Update,
            format!("UPDATE {} SET {set}", named(table)),
        ));
    }
    if may(Privilege::Delete) {
        out.push((
            oid,
            Command::Delete,
            format!("DELETE FROM {}", named(table)),
        ));
    }
    out
}

/// The rows that each write reaches after `steps`.
async fn run(
    worker: &Worker,
    bench: &Bench<'_>,
    id: AttackerId,
    steps: &str,
    writes: &[&(Oid, Command, String)],
) -> Result<Vec<BTreeSet<Place>>, ObserveError> {
    let runner = Runner::Attacker(bench.scene.attacker(id));
    let after = |statement: &str| match steps.is_empty() {
        true => statement.to_owned(),
        false => format!("{steps};\n{statement}"),
    };
    let requests: Vec<Request> = writes
        .iter()
        .map(|(_, _, statement)| Request::new(&after(statement), &[], &[], true, runner))
        .collect();
    let mut out = vec![BTreeSet::new(); writes.len()];
    observe(
        session(worker, bench.scene, id),
        &requests,
        bench.traces,
        |at, observation| {
            if observation.refusal().is_none() {
                out[at] = bench.written(&observation);
            }
        },
    )
    .await?;
    Ok(out)
}

/// What the steps opened: rows of others first, then rows of the own tenant.
pub(super) async fn opened(
    worker: &Worker,
    bench: &Bench<'_>,
    before: &mut Before<'_>,
    path: &[Step],
    changes: &[Change],
) -> Result<Vec<Opened>, ObserveError> {
    let attacker = bench.scene.attacker(before.id);
    let each = path.iter().map(|step| step.statement.as_str());
    let statements = &each.collect::<Vec<_>>().join(";\n");
    let dependents: BTreeSet<Oid> = path
        .iter()
        .flat_map(|step| step.watched.iter().copied())
        .collect();
    let supplied: Vec<String> = path.iter().flat_map(|step| step.supplied.clone()).collect();
    let raises = path.iter().all(|step| step.raises_rank);
    let inside = match (raises, path) {
        (true, _) => Some("promote-self"),
        (false, [only]) => lifted(worker, bench, before, only)
            .await?
            .then_some("gain-access"),
        _ => None,
    };
    let relations: Vec<&Relation> = before
        .readable
        .iter()
        .copied()
        .filter(|relation| dependents.contains(&relation.oid))
        .collect();
    let reads: Vec<String> = relations
        .iter()
        .map(|relation| statement::select(bench.scene, &attacker.role, relation))
        .collect();
    let session = session(worker, bench.scene, before.id);
    before.statements += reads.len();
    let runner = Runner::Attacker(attacker);
    let mut found: Vec<(&Relation, bool, String, BTreeSet<Place>)> = Vec::new();
    let answers = sweep(session, runner, statements, &reads)
        .await?
        .unwrap_or_default();
    for (at, rows) in answers.iter().enumerate() {
        let texts = rows.iter().flatten().flatten().map(String::as_str);
        let new = bench
            .shown(texts, &supplied)
            .difference(&before.visible)
            .cloned()
            .collect();
        found.push((relations[at], false, reads[at].clone(), new));
    }
    let mut out = sorted(bench, attacker, path, found, inside);
    if out.is_empty() && before.writing {
        let found = written(worker, bench, before, (statements, &dependents), changes).await?;
        out = sorted(bench, attacker, path, found, inside);
    }
    Ok(out)
}

/// Whether the step takes away a row that names the caller and that somebody else must have put there.
async fn lifted(
    worker: &Worker,
    bench: &Bench<'_>,
    before: &mut Before<'_>,
    step: &Step,
) -> Result<bool, ObserveError> {
    let Some(undo) = &step.undo else {
        return Ok(false);
    };
    before.statements += 1;
    let both = format!("{};\n{undo}", step.statement);
    let runner = Runner::Attacker(bench.scene.attacker(before.id));
    let request = [Request::new(&both, &[], &[], true, runner)];
    let mut refused = false;
    let session = session(worker, bench.scene, before.id);
    observe(session, &request, bench.traces, |_, observation| {
        refused = observation.refusal().is_some();
    })
    .await?;
    Ok(refused)
}

type Found<'a> = (&'a Relation, bool, String, BTreeSet<Place>);

/// The writes after the steps, with the rows that they reach and did not reach before.
async fn written<'a>(
    worker: &Worker,
    bench: &Bench<'a>,
    before: &mut Before<'_>,
    (statements, dependents): (&str, &BTreeSet<Oid>),
    changes: &[Change],
) -> Result<Vec<Found<'a>>, ObserveError> {
    before.writes(worker, bench, dependents).await?;
    let attacker = bench.scene.attacker(before.id);
    let all: Vec<(Oid, Command, String)> = dependents
        .iter()
        .flat_map(|oid| bare_writes(bench, attacker, *oid))
        .collect();
    let chosen: Vec<&(Oid, Command, String)> = all.iter().collect();
    let after = run(worker, bench, before.id, statements, &chosen).await?;
    before.statements += chosen.len();
    let by_steps: BTreeSet<Place> = changes
        .iter()
        .filter(|change| change.fate == Fate::Gone)
        .map(|change| (change.relation, change.ctid.clone()))
        .collect();
    let mut out = Vec::new();
    for ((oid, command, statement), places) in all.iter().zip(after) {
        let known = before.written.get(&(*oid, *command));
        let new = places
            .into_iter()
            .filter(|place| !by_steps.contains(place) && !known.is_some_and(|k| k.contains(place)))
            .collect();
        out.extend(
            bench
                .scene
                .relation(*oid)
                .map(|relation| (relation, true, statement.clone(), new)),
        );
    }
    Ok(out)
}

/// The best thing that was reached for each probe: another table than the one written, and the most rows.
fn sorted(
    bench: &Bench<'_>,
    attacker: &Attacker,
    path: &[Step],
    found: Vec<Found<'_>>,
    inside: Option<&'static str>,
) -> Vec<Opened> {
    type Wanted<'w> = &'w dyn Fn(&Place) -> bool;
    let others = |place: &Place| bench.is_others(attacker, place);
    let colleagues = |place: &Place| inside.is_some() && bench.is_colleagues(attacker, place);
    let probes: [(&'static str, Wanted); 2] = [
        ("gain-access", &others),
        (inside.unwrap_or("promote-self"), &colleagues),
    ];
    let mut out = Vec::new();
    for (probe, wanted) in probes {
        let reached = found
            .iter()
            .filter_map(|(relation, writes, statement, places)| {
                let hidden: BTreeSet<Place> = places
                    .iter()
                    .filter(|place| wanted(place))
                    .cloned()
                    .collect();
                (!hidden.is_empty()).then_some((*relation, *writes, statement, hidden))
            });
        let is_written =
            |relation: &Relation| path.iter().any(|step| step.object.oid() == relation.oid);
        let mut reached: Vec<_> = reached.collect();
        reached.sort_by_key(|(relation, _, _, hidden)| {
            let direct = hidden
                .iter()
                .filter(|place| place.0 == relation.oid)
                .count();
            (
                is_written(relation),
                direct == 0,
                std::cmp::Reverse(direct),
                &relation.schema,
                &relation.name,
            )
        });
        let best = reached.into_iter().next();
        out.extend(best.map(|(relation, writes, statement, hidden)| Opened {
            probe,
            reach: Reach {
                relation: relation.oid,
                writes,
                statement: statement.clone(),
                hidden,
            },
        }));
    }
    out
}
