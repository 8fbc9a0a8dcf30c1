//! Finds the function whose word policies, views and functions all take for what a doctored claim says.
use super::ObserveError;
use super::Outcome;
use super::observe::{Request, Runner, alone};
use super::observe_cause::still_leaks;
use super::sight::Bench;
use super::suspects::silenced;
use crate::catalog::{Oid, Relation, RelationKind};
use crate::probes::{Attack, Attacker, Command, Object, Standing, statement};
use crate::server::Session;
use crate::sql::qualified;
use std::collections::BTreeMap;

/// The function that a view or a function trusts for the caller's claims as policies do, where a table that asks it leaks to
/// the same caller: the tables, the views and the functions then have one cause.
pub(super) async fn trusted(
    session: &Session,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<Option<Oid>, ObserveError> {
    let scene = bench.scene;
    let is_table = |oid: Oid| {
        scene
            .relation(oid)
            .is_some_and(|r| r.kind == RelationKind::Table)
    };
    if matches!(attack.object, Object::Relation(oid) if is_table(oid)) {
        return Ok(None);
    }
    let role = &scene.attacker(attack.attacker).role;
    let mut asked: BTreeMap<Oid, &Relation> = BTreeMap::new();
    for relation in scene.owned() {
        for policy in &relation.policies {
            let functions = scene.tenancy.policy_functions.get(&policy.oid);
            for function in functions.into_iter().flatten() {
                asked.entry(*function).or_insert(relation);
            }
        }
    }
    for (function, table) in asked {
        let direct = Attack {
            object: Object::Relation(table.oid),
            command: Command::Select,
            statement: statement::select(scene, role, table),
            ..attack.clone()
        };
        if let Some(silenced) = silenced(scene, function)
            && attack.object != Object::Function(function)
            && still_leaks(session, bench, &direct, "").await?
            && !still_leaks(session, bench, attack, &silenced).await?
        {
            return Ok(Some(function));
        }
    }
    Ok(None)
}

/// Whether the same statement leaks to a member with honest claims: then it is not for what the doctored ones say.
pub(super) async fn leaks_honestly(
    session: &Session,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<bool, ObserveError> {
    let scene = bench.scene;
    let role = &scene.attacker(attack.attacker).role;
    let mut members = scene.attackers_that(|standing| standing == Standing::Member);
    let Some((attacker, _)) = members.find(|(_, member)| member.role == *role) else {
        return Ok(false);
    };
    let honest = Attack {
        attacker,
        ..attack.clone()
    };
    still_leaks(session, bench, &honest, "").await
}

/// Whether the function does nothing with a pattern in the caller's claims but hand it on: it is as good as any text, until
/// somebody matches by it. For functions without arguments.
pub(super) async fn hands_on(
    session: &Session,
    bench: &Bench<'_>,
    attacker: &Attacker,
    oid: Oid,
) -> Result<bool, ObserveError> {
    let is_pattern = |text: &str| text.contains('%');
    let mut values = attacker.settings.iter().map(|(_, value)| value.as_str());
    if attacker.standing != Standing::Malformed || !values.any(is_pattern) {
        return Ok(false);
    }
    let Some(function) = bench.scene.catalog.function(oid) else {
        return Ok(false);
    };
    let question = format!("SELECT {}()", qualified(&function.schema, &function.name));
    let runner = Runner::Played {
        by: attacker,
        login: &bench.scene.tenancy.roles.login,
        change: "",
    };
    let answer = alone(session, &Request::new(&question, &[], &[], false, runner)).await?;
    session
        .client()
        .simple_query("ROLLBACK")
        .await
        .map_err(ObserveError::lost)?;
    Ok(match &answer.outcome {
        Outcome::Done { rows, .. } => rows.iter().flatten().flatten().any(|text| is_pattern(text)),
        Outcome::Refused(_) => false,
    })
}
