//! Asks whether a call tells no more than that a tenant's name is taken, which everybody may know who picks one.
use super::campaign::{Pending, Worker};
use crate::catalog::{Column, Generated, Oid, Relation};
use crate::oracle::observe::{Request, Runner, observe_aloud};
use crate::oracle::{Bench, Controls, Observation, ObserveError, judge};
use crate::probes::attackers::VICTIM;
use crate::probes::{Command, Preparation, Scene, shared_keys};
use crate::world::TrueRow;
use std::collections::BTreeSet;

/// Runs calls that differed without the victim's rows once more, with nothing of the victim but the names that its tables
/// of tenants and users keep unique among all. A call that ends there as it did at first tells those names and nothing else.
pub(super) async fn forgive(
    worker: &Worker,
    bench: &Bench<'_>,
    pending: &[Pending],
    out: &mut [Controls],
) -> Result<(), ObserveError> {
    let named = names_alone(bench.scene);
    let differing: Vec<usize> = (0..pending.len())
        .filter(|&at| out[at].alike == Some(false))
        .filter(|&at| pending[at].attack.command == Command::Call)
        .collect();
    if named.is_empty() || differing.is_empty() {
        return Ok(());
    }
    let by = |at: usize| bench.scene.attacker(pending[at].attack.attacker);
    let (fresh, used): (Vec<usize>, Vec<usize>) = differing
        .into_iter()
        .partition(|&at| by(at).settings.is_empty());
    for (session, part) in [(&worker.pristine, &fresh), (&worker.gateway, &used)] {
        let requests: Vec<Request> = part
            .iter()
            .flat_map(|&at| {
                let attack = &pending[at].attack;
                let runner = Runner::Attacker(by(at));
                let text = &attack.statement;
                let alone = Request::new(text, &named, &attack.watch, true, runner);
                [Request::of(attack, runner), alone]
            })
            .collect();
        let mut seen: Vec<Observation> = Vec::with_capacity(requests.len());
        observe_aloud(session, &requests, |_, observation| seen.push(observation)).await?;
        for (&at, pair) in part.iter().zip(seen.chunks(2)) {
            let same =
                judge::sound_alike(&pair[0], &pair[1]) || judge::refused_alike(&pair[0], &pair[1]);
            if same {
                out[at].alike = Some(true);
            }
        }
    }
    Ok(())
}

/// Leaves of the victim nothing but such names: every other value becomes another that the table has.
fn names_alone(scene: &Scene) -> Vec<Preparation> {
    let mut out = Vec::new();
    for relation in scene.owned().filter(|r| scene.is_directory(r)) {
        let kept: BTreeSet<i16> = shared_keys(scene, relation)
            .into_iter()
            .flat_map(|(_, columns)| columns)
            .collect();
        if !kept.is_empty() {
            out.extend(rewritten(scene, relation, &kept));
        }
    }
    if !out.is_empty() {
        out.push(Preparation::EraseTenant { tenant: VICTIM });
    }
    out
}

fn rewritten(scene: &Scene, relation: &Relation, kept: &BTreeSet<i16>) -> Vec<Preparation> {
    let rows: Vec<(Oid, &TrueRow)> = scene.rows(relation.oid);
    let is_unique = |number: i16| {
        let mut uniques = relation.uniques.iter();
        kept.contains(&number)
            || relation.primary_key.contains(&number)
            || scene.names_owner(relation, number)
            || uniques.any(|unique| unique.columns.contains(&number))
    };
    let free: Vec<&Column> = relation
        .columns
        .iter()
        .filter(|column| column.generated == Generated::No && !is_unique(column.number))
        .collect();
    let victims = rows.iter().filter(|(_, row)| row.tenant == Some(VICTIM));
    victims
        .filter_map(|(leaf, row)| {
            let others = || {
                rows.iter()
                    .filter(|(_, other)| other.tenant != Some(VICTIM))
            };
            let mut values: Vec<(String, Option<String>)> = free
                .iter()
                .map(|column| {
                    let held = |row| scene.value(relation, row, column.number);
                    let other = another(column, held(row), others().map(|(_, other)| held(other)));
                    (column.name.clone(), other)
                })
                .collect();
            if values.is_empty() {
                // A row of names alone is written over with what it has, so that it stays.
                let first = relation.columns.first()?;
                let value = scene.value(relation, row, first.number);
                values.push((first.name.clone(), value.map(str::to_owned)));
            }
            Some(Preparation::Rewrite {
                relation: *leaf,
                ctid: row.ctid.clone(),
                values,
            })
        })
        .collect()
}

/// A value that the column has elsewhere and not here: a flag turned, what another row holds, or nothing.
fn another<'t>(
    column: &Column,
    here: Option<&str>,
    elsewhere: impl Iterator<Item = Option<&'t str>>,
) -> Option<String> {
    let mut elsewhere = elsewhere.filter(|value| value.is_some() && *value != here);
    let text = match (column.type_name.as_str(), here) {
        ("boolean", Some("t")) => Some("f"),
        ("boolean", _) => Some("t"),
        _ => elsewhere
            .next()
            .flatten()
            .or(here.filter(|_| column.not_null)),
    };
    text.map(str::to_owned)
}
