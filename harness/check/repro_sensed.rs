//! Makes the script of a leak that is only sensed: the statement before and after the victim writes one row, or with and
//! without the victim's row.
use super::campaign::Worker;
use super::repro::{Reduced, Reproduced};
use super::repro_rows::everything;
use crate::oracle::observe::{Request, Runner, alone};
use crate::oracle::{Bench, Leak, Observation, ObserveError, judge};
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
    leak: &Leak,
    victim: &str,
) -> Result<Reproduced, ObserveError> {
    let told = match attack.command {
        Command::Select => twice(worker, bench, attack).await?,
        _ => None,
    };
    let Some((before, written)) = told else {
        return once(worker, bench, attack, leak, victim).await;
    };
    let script = render_twice(bench.scene, &before, victim);
    let mut case = before.case;
    case.rows.push(written.clone());
    Ok(Reproduced {
        script,
        reduced: Reduced {
            case,
            observation: None,
            leak: leak.clone(),
            coming: Some((vec![written], true)),
        },
    })
}

/// The read before and after the victim writes a row, for the first row with which it differs.
async fn twice(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<Option<(Before, Place)>, ObserveError> {
    let scene = bench.scene;
    let (catalog, tenancy, truth) = (scene.catalog, scene.tenancy, scene.truth);
    let tables = scene.owned().filter_map(|relation| {
        let rows = vanishing(catalog, tenancy, truth, relation.oid, VICTIM);
        Some((relation, *rows.first()?))
    });
    for (relation, row) in tables.take(TABLES) {
        let written: Place = (relation.oid, row.ctid.clone());
        let insert = insert_row(scene, relation, row);
        let near = closure(scene, attack, std::slice::from_ref(&written));
        // An average beside the caller's own rows moves only where the caller has some.
        let all = everything(bench, attack);
        let Some(fewer) = fewest(worker, bench, attack, [near, all], (&written, &insert)).await
        else {
            continue;
        };
        let (first, second) = around(worker, bench, attack, &fewer, &insert).await?;
        let (first, second) = judge::difference(&first, &second, attack.command.name());
        let before = Before {
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
        };
        return Ok(Some((before, written)));
    }
    Ok(None)
}

/// The fewest rows among which the written one changes the answer, from the first of the starts where it does.
async fn fewest(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    starts: [Vec<Place>; 2],
    (written, insert): (&Place, &str),
) -> Option<Vec<Place>> {
    for mut start in starts {
        start.retain(|place| place != written);
        let found = reduce(&start, async |rows: &[Place]| {
            let pair = around(worker, bench, attack, rows, insert).await;
            pair.is_ok_and(|(first, second)| differs(&first, &second))
        });
        if let Some(fewer) = found.await {
            return Some(fewer);
        }
    }
    None
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
    let refresh = refreshes(bench, attack);
    let after = |change: &str| match change.is_empty() {
        true => attack.statement.clone(),
        false => format!(
            "RESET SESSION AUTHORIZATION;RESET ROLE;{change}SET LOCAL SESSION AUTHORIZATION {};SET LOCAL ROLE {};{}",
            identifier(login),
            identifier(&by.role),
            attack.statement
        ),
    };
    let ask = |statement: &str| Request::new(statement, &only, &[], false, played);
    let first = alone(&worker.superuser, &ask(&after(&refresh))).await?;
    let second = alone(
        &worker.superuser,
        &ask(&after(&format!("{insert};{refresh}"))),
    )
    .await?;
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

/// The statement among the fewest rows with which it ends otherwise than without the victim's.
async fn once(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    leak: &Leak,
    victim: &str,
) -> Result<Reproduced, ObserveError> {
    let scene = bench.scene;
    let mut coming: Vec<Place> = Vec::new();
    let mut rows: Vec<Place> = Vec::new();
    let whole = everything(bench, attack);
    let near = named(bench, attack);
    let starts = [
        (closure(scene, attack, &near), near),
        (whole, victims(bench)),
    ];
    for (start, about) in starts {
        let found = reduce(&start, async |rows: &[Place]| {
            differs_without(worker, bench, attack, rows, &about).await
        });
        if let Some(found) = found.await {
            coming = found
                .iter()
                .filter(|at| about.contains(at))
                .cloned()
                .collect();
            rows = found;
            break;
        }
    }
    let with = among(worker, bench, attack, &rows).await?;
    let case = Case {
        attack: attack.clone(),
        attacker: scene.attacker(attack.attacker).clone(),
        rows,
        unsaid: BTreeSet::new(),
    };
    Ok(Reproduced {
        script: render(scene, &case, victim, &with.summary(attack.command.name())),
        reduced: Reduced {
            case,
            observation: Some(with),
            leak: leak.clone(),
            coming: Some((coming, false)),
        },
    })
}

/// The rows whose values the attack names.
fn named(bench: &Bench<'_>, attack: &Attack) -> Vec<Place> {
    let traces = attack
        .supplied
        .iter()
        .flat_map(|text| bench.traces.find(text));
    let rows = traces.filter_map(|trace| {
        let row = bench
            .scene
            .truth
            .tables
            .get(&trace.relation)?
            .get(trace.row)?;
        Some((trace.relation, row.ctid.clone()))
    });
    rows.collect::<BTreeSet<Place>>().into_iter().collect()
}

/// Every row of the victim's.
fn victims(bench: &Bench<'_>) -> Vec<Place> {
    let tables = bench.scene.truth.tables.iter();
    let rows = tables.flat_map(|(oid, rows)| rows.iter().map(move |row| (*oid, row)));
    rows.filter(|(_, row)| row.tenant == Some(VICTIM))
        .map(|(oid, row)| (oid, row.ctid.clone()))
        .collect()
}

/// Whether the statement ends otherwise among the rows than among those of them that are not `about` the victim.
async fn differs_without(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    rows: &[Place],
    about: &[Place],
) -> bool {
    let own: Vec<Place> = rows
        .iter()
        .filter(|at| !about.contains(at))
        .cloned()
        .collect();
    if own.len() == rows.len() {
        return false;
    }
    let pair = async {
        let with = among(worker, bench, attack, rows).await?;
        Ok::<_, ObserveError>((with, among(worker, bench, attack, &own).await?))
    };
    pair.await
        .is_ok_and(|(with, without)| !judge::tell_alike(&with, &without))
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
