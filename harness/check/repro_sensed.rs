//! Makes the script of a leak that is only sensed: the statement before and after the victim writes one row, or with and
//! without the victim's row.
use super::campaign::Worker;
use crate::oracle::observe::{Request, Runner, alone};
use crate::oracle::{Bench, Observation, ObserveError, judge};
use crate::probes::attackers::VICTIM;
use crate::probes::{Attack, Command, Preparation};
use crate::shrink::{Before, Case, closure, insert_row, reduce, render, render_twice};
use crate::sql::identifier;
use crate::world::vanishing;
use std::collections::BTreeSet;

type Place = (u32, String);

/// How many tables' rows are tried, one after the other.
const TABLES: usize = 40;

/// The script; empty rows where no single row shows the difference.
pub(super) async fn repro(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    victim: &str,
) -> Result<String, ObserveError> {
    let told = match attack.command {
        Command::Select => twice(worker, bench, attack).await?,
        _ => None,
    };
    match told {
        Some(before) => Ok(render_twice(bench.scene, &before, victim)),
        None => once(worker, bench, attack, victim).await,
    }
}

/// The read before and after the victim writes a row, for the first row with which it differs.
async fn twice(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<Option<Before>, ObserveError> {
    let scene = bench.scene;
    let (catalog, tenancy, truth) = (scene.catalog, scene.tenancy, scene.truth);
    let tables = scene.owned().filter_map(|relation| {
        let rows = vanishing(catalog, tenancy, truth, relation.oid, VICTIM);
        Some((relation, *rows.first()?))
    });
    for (relation, row) in tables.take(TABLES) {
        let written: Place = (relation.oid, row.ctid.clone());
        let mut rows = closure(scene, attack, std::slice::from_ref(&written));
        rows.retain(|place| *place != written);
        let insert = insert_row(scene, relation, row);
        let pair = around(worker, bench, attack, &rows, &insert).await?;
        if !differs(&pair.0, &pair.1) {
            continue;
        }
        let fewer = reduce(&rows, async |rows: &[Place]| {
            let pair = around(worker, bench, attack, rows, &insert).await;
            pair.is_ok_and(|(first, second)| differs(&first, &second))
        })
        .await
        .unwrap_or(rows);
        let (first, second) = around(worker, bench, attack, &fewer, &insert).await?;
        let (first, second) = judge::difference(&first, &second, attack.command.name());
        return Ok(Some(Before {
            case: Case {
                attack: attack.clone(),
                attacker: scene.attacker(attack.attacker).clone(),
                rows: fewer,
                unsaid: BTreeSet::new(),
            },
            written: insert,
            refresh: refreshes(bench, attack),
            first,
            second,
        }));
    }
    Ok(None)
}

/// Two answers, of which neither is an error that the other has not.
fn differs(first: &Observation, second: &Observation) -> bool {
    first.refusal().is_none() == second.refusal().is_none() && !judge::tell_alike(first, second)
}

/// The attack among these rows, and again after a superuser wrote one more with its triggers.
async fn around(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    rows: &[Place],
    insert: &str,
) -> Result<(Observation, Observation), ObserveError> {
    let by = bench.scene.attacker(attack.attacker);
    let login = &bench.scene.tenancy.roles.login;
    let played = Runner::Played {
        by,
        login,
        change: "",
    };
    let mut kept = rows.to_vec();
    // Rows of nobody are what the migrations left, or what a trigger adds up.
    kept.extend(of_nobody(bench));
    let only = [Preparation::KeepOnly { rows: kept }];
    let again = format!(
        "RESET SESSION AUTHORIZATION;RESET ROLE;{insert};{}SET LOCAL SESSION AUTHORIZATION {};SET LOCAL ROLE {};{}",
        refreshes(bench, attack),
        identifier(login),
        identifier(&by.role),
        attack.statement
    );
    let ask = |statement: &str| Request::new(statement, &only, &[], false, played);
    let first = alone(&worker.superuser, &ask(&attack.statement)).await?;
    let second = alone(&worker.superuser, &ask(&again)).await?;
    let done = worker.superuser.client().simple_query("ROLLBACK").await;
    done.map_err(ObserveError::lost)?;
    Ok((first, second))
}

fn of_nobody(bench: &Bench<'_>) -> Vec<Place> {
    let tables = bench.scene.truth.tables.iter();
    let rows = tables.flat_map(|(oid, rows)| rows.iter().map(move |row| (*oid, row)));
    rows.filter(|(_, row)| row.tenant.is_none())
        .map(|(oid, row)| (oid, row.ctid.clone()))
        .collect()
}

/// A materialized view shows what was there when it was refreshed.
fn refreshes(bench: &Bench<'_>, attack: &Attack) -> String {
    let relation = bench.scene.relation(attack.object.oid());
    relation
        .filter(|r| r.kind == crate::catalog::RelationKind::MaterializedView)
        .map(|r| format!("REFRESH MATERIALIZED VIEW {};", r.qualified()))
        .unwrap_or_default()
}

/// The write among the fewest rows with which it ends otherwise than without the victim's.
async fn once(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    victim: &str,
) -> Result<String, ObserveError> {
    let scene = bench.scene;
    let named = attack
        .supplied
        .iter()
        .flat_map(|text| bench.traces.find(text))
        .filter_map(|trace| {
            let row = scene.truth.tables.get(&trace.relation)?.get(trace.row)?;
            Some((trace.relation, row.ctid.clone()))
        });
    let about: Vec<Place> = named.collect();
    let start = closure(scene, attack, &about);
    let rows = reduce(&start, async |rows: &[Place]| {
        let own: Vec<Place> = rows
            .iter()
            .filter(|place| !about.contains(place))
            .cloned()
            .collect();
        let pair = async {
            let with = among(worker, bench, attack, rows).await?;
            Ok::<_, ObserveError>((with, among(worker, bench, attack, &own).await?))
        };
        pair.await
            .is_ok_and(|(with, without)| !judge::tell_alike(&with, &without))
    })
    .await
    .unwrap_or_default();
    let with = among(worker, bench, attack, &rows).await?;
    let case = Case {
        attack: attack.clone(),
        attacker: scene.attacker(attack.attacker).clone(),
        rows,
        unsaid: BTreeSet::new(),
    };
    Ok(render(
        scene,
        &case,
        victim,
        &with.summary(attack.command.name()),
    ))
}

async fn among(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    rows: &[Place],
) -> Result<Observation, ObserveError> {
    let mut preparation = attack.preparation.clone();
    preparation.push(Preparation::KeepOnly {
        rows: rows.to_vec(),
    });
    let by = Runner::Attacker(bench.scene.attacker(attack.attacker));
    let request = Request::new(&attack.statement, &preparation, &[], false, by);
    alone(&worker.gateway, &request).await
}
