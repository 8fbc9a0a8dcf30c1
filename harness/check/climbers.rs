//! Who tries steps: those to whom the least is open.
use super::campaign::Worker;
use super::reached::Before;
use crate::config::CheckPlan;
use crate::oracle::{Bench, ObserveError};
use crate::probes::{AttackerId, Scene, Standing, steps};
use crate::server::Session;
use std::collections::BTreeSet;

/// Whether the plan asks for attacks of several steps.
pub(super) fn is_asked_for(plan: &CheckPlan) -> bool {
    plan.depth > 0 && !chosen(plan).is_empty()
}

/// The probes of several steps that the plan has.
pub(super) fn chosen(plan: &CheckPlan) -> Vec<&'static str> {
    ["gain-access", "promote-self"]
        .into_iter()
        .filter(|name| plan.probes.iter().any(|known| known == name))
        .collect()
}

/// The weakest member of the attacking tenant, a stranger, and a visitor.
pub(super) async fn climbers(
    worker: &Worker,
    bench: &Bench<'_>,
    statements: &mut usize,
) -> Result<Vec<AttackerId>, ObserveError> {
    let scene = bench.scene;
    let first = |wanted: Standing| {
        scene
            .attackers_that(|standing| standing == wanted)
            .map(|(id, _)| id)
            .next()
    };
    let members: Vec<AttackerId> = scene
        .attackers_that(|standing| standing == Standing::Member)
        .filter(|(_, attacker)| attacker.tenants.len() == 1)
        .map(|(id, _)| id)
        .collect();
    let mut weakest: Option<(usize, AttackerId)> = None;
    for id in &members {
        let power = match &members[..] {
            [_] => 0,
            _ => power(worker, bench, *id, statements).await?,
        };
        if weakest.is_none_or(|(least, _)| power < least) {
            weakest = Some((power, *id));
        }
    }
    let member = weakest.map(|(_, id)| id);
    Ok(member
        .into_iter()
        .chain(first(Standing::Stranger))
        .chain(first(Standing::Anonymous))
        .collect())
}

/// How many rows a member reads and writes in the tables that some rank opens.
async fn power(
    worker: &Worker,
    bench: &Bench<'_>,
    id: AttackerId,
    statements: &mut usize,
) -> Result<usize, ObserveError> {
    let steps = steps::steps(bench.scene, id);
    let ranked: BTreeSet<_> = steps
        .iter()
        .filter(|step| step.raises_rank)
        .flat_map(|step| step.dependents.iter().copied())
        .take(TABLES)
        .collect();
    let mut before = Before::read(worker, bench, id, &ranked).await?;
    let written = before.writes(worker, bench, &ranked).await?;
    *statements += before.statements;
    Ok(before.visible.len() + written)
}

/// Tables on which the members' ranks are compared.
const TABLES: usize = 16;

/// Callers without settings have a session of their own: once a setting was set there, it is '' and never NULL again.
pub(super) fn session<'a>(worker: &'a Worker, scene: &Scene, id: AttackerId) -> &'a Session {
    match scene.attacker(id).settings.is_empty() {
        true => &worker.pristine,
        false => &worker.gateway,
    }
}
