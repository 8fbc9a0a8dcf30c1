//! Attacks that need a COMMIT: on a copy of the filled database that nothing else uses.
use super::CheckError;
use super::campaign::{Judged, Worker};
use super::stage::{FILLED, Filled, Migrated};
use super::workers;
use crate::catalog::{Catalog, Oid};
use crate::config::CheckPlan;
use crate::oracle::observe::{Request, Runner, alone, committed};
use crate::oracle::{Bench, Observation, ObserveError, Outcome, Verdict};
use crate::probes::{Aim, Attack, Attacker, Preparation, Standing, statement};
use crate::sql::identifier;

/// The disposable copy.
const COMMITTED: &str = "committed";

/// Makes the copy, where the schema has anything that outlives a transaction. No session may be in the filled database.
pub(super) async fn make(migrated: &Migrated) -> Result<(), CheckError> {
    if is_needed(&migrated.catalog) {
        migrated.server.clone_database(FILLED, COMMITTED).await?;
    }
    Ok(())
}

/// Functions that notify, or leave something on the session.
fn is_needed(catalog: &Catalog) -> bool {
    let own = catalog.functions.iter().filter(|f| !f.platform);
    own.into_iter()
        .any(|f| crate::probes::leaves(f) || f.body.to_lowercase().contains("notify"))
}

/// Whether an attack needs the copy.
pub(super) fn needs_commit(attack: &Attack) -> bool {
    matches!(attack.aim, Aim::Inherit { .. } | Aim::Overhear { .. })
}

/// Runs the attacks one by one; only what leaked is told, for nothing else is proven by them.
pub(super) async fn run(
    plan: &CheckPlan,
    migrated: &Migrated,
    filled: &Filled,
    bench: &Bench<'_>,
    attacks: Vec<Attack>,
) -> Result<Vec<Judged>, CheckError> {
    if attacks.is_empty() || !filled.has_other || !is_needed(&migrated.catalog) {
        return Ok(Vec::new());
    }
    let worker = workers::worker(plan, migrated, filled, COMMITTED).await?;
    let mut out = Vec::new();
    for attack in attacks {
        let observation = match &attack.aim {
            Aim::Inherit { said } => inherit(&worker, bench, &attack, said).await?,
            Aim::Overhear { said, written } => {
                overhear(&worker, bench, &attack, said, written).await?
            }
            _ => None,
        };
        let Some(observation) = observation else {
            continue;
        };
        if let Some(leak) = bench.see(&attack, &observation, None).leak {
            out.push(Judged {
                got: observation.summary(attack.command.name()),
                verdict: Verdict::Leaked(leak),
                attack,
            });
        }
    }
    Ok(out)
}

fn victim<'a>(bench: &Bench<'a>) -> Option<&'a Attacker> {
    let callers = bench.scene.attackers;
    callers
        .iter()
        .find(|caller| caller.standing == Standing::VictimsMember)
}

/// What the next borrower of the connection gets, unless it gets it on a fresh one as well.
async fn inherit(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    said: &str,
) -> Result<Option<Observation>, ObserveError> {
    let Some(victim) = victim(bench) else {
        return Ok(None);
    };
    let request = Request::of(
        attack,
        Runner::Attacker(bench.scene.attacker(attack.attacker)),
    );
    let session = &worker.gateway;
    committed(session, "DISCARD ALL").await?;
    let fresh = alone(session, &request).await?;
    committed(session, "ROLLBACK").await?;
    if bench.see(attack, &fresh, None).leak.is_some() {
        return Ok(None);
    }
    committed(session, "DISCARD ALL").await?;
    let first = Request::new(said, &[], &[], false, Runner::Attacker(victim));
    committed(session, &format!("{}COMMIT", first.message())).await?;
    let seen = alone(session, &request).await?;
    committed(session, "ROLLBACK").await?;
    committed(session, "DISCARD ALL").await?;
    Ok(Some(seen))
}

/// What arrives on the attacker's session while the victim's member writes.
async fn overhear(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    said: &[String],
    written: &(Oid, String),
) -> Result<Option<Observation>, ObserveError> {
    let Some(victim) = victim(bench) else {
        return Ok(None);
    };
    let listener = &worker.pristine;
    let listens = Request::of(
        attack,
        Runner::Attacker(bench.scene.attacker(attack.attacker)),
    );
    committed(listener, &format!("{}COMMIT", listens.message())).await?;
    listener.take_notifications();
    for statement in said {
        let first = Request::new(statement, &[], &[], false, Runner::Attacker(victim));
        committed(&worker.gateway, &format!("{}COMMIT", first.message())).await?;
    }
    // The row may still stand where a policy refused the delete: then the insert failed on its own key.
    let erase = [Preparation::Erase {
        relation: written.0,
        ctid: written.1.clone(),
    }];
    if let Some(insert) = said.last() {
        let again = Request::new(insert, &erase, &[], false, Runner::Attacker(victim));
        committed(&worker.gateway, &format!("{}COMMIT", again.message())).await?;
    }
    // A session hears when it next speaks.
    committed(listener, "ROLLBACK").await?;
    let heard = listener.take_notifications();
    committed(listener, "UNLISTEN *").await?;
    let attacker = bench.scene.attacker(attack.attacker);
    let rows = heard
        .into_iter()
        .filter(|heard| bench.tells_more_than_keys(attacker, &heard.payload))
        .map(|heard| vec![Some(heard.payload)]);
    let rows: Vec<_> = rows.collect();
    Ok(Some(Observation {
        outcome: Outcome::Done {
            count: rows.len() as u64,
            rows,
        },
        changes: Vec::new(),
        notices: Vec::new(),
    }))
}

/// The story of such a leak, for psql: what is committed on the way stays, so it is told with BEGIN and COMMIT.
pub(super) fn story(bench: &Bench<'_>, attack: &Attack) -> Option<String> {
    let victim = victim(bench)?;
    let spoken = |caller: &Attacker, said: &str| {
        let role = identifier(&caller.role);
        let settings = statement::settings(caller);
        format!("BEGIN;\nSET LOCAL ROLE {role};\n{settings}{said};")
    };
    let attacker = bench.scene.attacker(attack.attacker);
    Some(match &attack.aim {
        Aim::Inherit { said } => format!(
            "-- On one connection of a pool, with rows of both in the database. {}:\n{}\nCOMMIT;\n-- {} is next:\n{}\nROLLBACK;\n",
            victim.name,
            spoken(victim, said),
            attacker.name,
            spoken(attacker, &attack.statement),
        ),
        Aim::Overhear { said, .. } => format!(
            "-- On a connection of its own, {}:\n{};\n-- On another, {}:\n{}\nCOMMIT;\n-- The first now receives the payload.\n",
            attacker.name,
            attack.statement,
            victim.name,
            spoken(victim, said.first()?),
        ),
        _ => return None,
    })
}
