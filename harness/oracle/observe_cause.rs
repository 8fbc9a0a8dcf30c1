//! Finds what let a leak through: each policy is tried alone, in a transaction in which the others are dropped.
use super::observe::{Request, Runner, alone};
use super::observe_admission::Admissions;
use super::observe_trusted::{hands_on, leaks_honestly, trusted};
use super::sensed;
use super::sight::Bench;
use super::suspects::{
    applicable, asked_by_all, drop_policies, refuse_all, replaced_by_trigger, silenced, steadied,
    unclear, unpoliced,
};
use super::{Gain, Leak, ObserveError};
use crate::catalog::{Function, Oid, Policy, Privilege, Relation, RelationKind};
use crate::probes::{Aim, Attack, Command, Form, Object, Scene, Standing, announcers, statement};
use crate::server::Session;
use crate::sql::{identifier, qualified};

/// What let a leak through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Row-level security is off on the relation.
    NoRls(Oid),
    /// The role owns the relation and row-level security is not forced.
    NotForced(Oid),
    /// The role has BYPASSRLS or is a superuser.
    Bypass(Oid),
    /// A policy; the flag says that its WITH CHECK is to blame, not its USING.
    Policy {
        relation: Oid,
        policy: Oid,
        check: bool,
    },
    View(Oid),
    /// Objects whose numbers the relation keeps: no policy holds for them.
    LargeObjects(Oid),
    Function(Oid),
    Grant {
        relation: Oid,
        privilege: Privilege,
    },
    Constraint {
        relation: Oid,
        name: String,
        kind: ConstraintKind,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstraintKind {
    ForeignKey,
    Unique,
}

/// The cause of one leak. `session` is a superuser's, in a database that holds the truth.
pub async fn cause(
    session: &Session,
    bench: &Bench<'_>,
    admissions: &Admissions,
    attack: &Attack,
    leak: &Leak,
) -> Result<Cause, ObserveError> {
    let scene = bench.scene;
    if let Some(cause) = by_aim(scene, attack) {
        return Ok(cause);
    }
    if attack.probe.starts_with("claim-")
        && let Some(function) = trusted(session, bench, attack).await?
    {
        return Ok(Cause::Function(function));
    }
    let relation = match attack.object {
        Object::Function(oid) => return Ok(Cause::Function(oid)),
        Object::Relation(oid) => oid,
    };
    if attack.aim == Aim::Sense
        && let Some(found) = scene.relation(relation)
    {
        return Ok(sensed::cause(scene, attack, found));
    }
    if let (Some(name), Aim::Refer { .. }) = (&attack.suspect, &attack.aim) {
        return Ok(Cause::Constraint {
            relation,
            name: name.clone(),
            kind: ConstraintKind::ForeignKey,
        });
    }
    if let (Some(name), Gain::Sensed { .. }) = (&attack.suspect, &leak.gain) {
        return Ok(Cause::Constraint {
            relation,
            name: name.clone(),
            kind: ConstraintKind::Unique,
        });
    }
    if attack.command == Command::Truncate {
        let table = scene.relation(relation);
        let attacker = scene.attacker(attack.attacker);
        if let Some(cause @ (Cause::NotForced(_) | Cause::Bypass(_))) =
            table.and_then(|table| unpoliced(scene, attacker, table))
        {
            return Ok(cause);
        }
        return Ok(Cause::Grant {
            relation,
            privilege: Privilege::Truncate,
        });
    }
    let Some(found) = scene.relation(relation) else {
        return Ok(Cause::NoRls(relation));
    };
    match found.kind {
        RelationKind::View | RelationKind::MaterializedView => {
            view_cause(session, bench, admissions, attack, found).await
        }
        _ => table_cause(session, bench, admissions, attack, found).await,
    }
}

/// The cause that the attack itself names: what it took, hung up or listened to.
fn by_aim(scene: &Scene, attack: &Attack) -> Option<Cause> {
    let object = attack.object.oid();
    Some(match attack.aim {
        Aim::Switch { role } => Cause::Bypass(role),
        Aim::Leakproof { function } => Cause::Function(function),
        Aim::Plant => Cause::Grant {
            relation: object,
            privilege: Privilege::Trigger,
        },
        Aim::Store => Cause::LargeObjects(object),
        Aim::Poison {
            relation, policy, ..
        } => Cause::Policy {
            relation,
            policy,
            check: false,
        },
        Aim::Overhear { .. } => {
            let table = scene.relation(object)?;
            Cause::Function(announcers(scene, table).next()?.oid)
        }
        _ => return None,
    })
}

/// A view that runs with its owner's rights is the cause itself; one that runs with its caller's rights only shows what
/// its tables let through.
async fn view_cause(
    session: &Session,
    bench: &Bench<'_>,
    admissions: &Admissions,
    attack: &Attack,
    view: &Relation,
) -> Result<Cause, ObserveError> {
    if let Some(function) = trigger_cause(session, bench, attack, view).await? {
        return Ok(Cause::Function(function));
    }
    let by_trigger = replaced_by_trigger(view, attack.command);
    // A trigger in the place of a write is the caller's own doing, whatever the view reads.
    if !by_trigger && (view.kind == RelationKind::MaterializedView || !view.security_invoker) {
        return Ok(Cause::View(view.oid));
    }
    for read in &view.reads {
        let Some(base) = bench.scene.relation(*read) else {
            continue;
        };
        if bench.scene.is_owned(*read) {
            let direct = Attack {
                object: Object::Relation(*read),
                ..attack.clone()
            };
            return table_cause(session, bench, admissions, &direct, base).await;
        }
    }
    Ok(Cause::View(view.oid))
}

async fn table_cause(
    session: &Session,
    bench: &Bench<'_>,
    admissions: &Admissions,
    attack: &Attack,
    table: &Relation,
) -> Result<Cause, ObserveError> {
    let attacker = bench.scene.attacker(attack.attacker);
    if let Some(cause) = unpoliced(bench.scene, attacker, table) {
        return Ok(cause);
    }
    if attack.form == Form::Join
        && let Some(direct) = joined(session, bench, attack, table).await?
    {
        let read = direct.object.oid();
        if let Some(table) = bench.scene.relation(read) {
            return Box::pin(table_cause(session, bench, admissions, &direct, table)).await;
        }
    }
    if let Some(function) = trigger_cause(session, bench, attack, table).await? {
        return Ok(Cause::Function(function));
    }
    let check = matches!(attack.command, Command::Insert) || attack.probe == "reassign-row";
    let candidates = applicable(bench.scene, attacker, table, attack.command);
    // One function that admits everybody opens hundreds of doors, and need not be tried at each.
    for function in asked_by_all(bench.scene, &candidates) {
        if admissions
            .admits(session, bench, attacker, function)
            .await?
        {
            return Ok(Cause::Function(function));
        }
    }
    for candidate in &candidates {
        let others: Vec<&&Policy> = candidates
            .iter()
            .filter(|other| other.oid != candidate.oid)
            .collect();
        if still_leaks(
            session,
            bench,
            attack,
            &drop_policies(table, others.into_iter().copied()),
        )
        .await?
        {
            return blame(session, bench, admissions, attack, table, candidate, check).await;
        }
    }
    // The checks of all policies are ORed, whichever of them let the old row through.
    for candidate in candidates.iter().filter(|_| check) {
        let change = refuse_all(table, candidate);
        if !still_leaks(session, bench, attack, &change).await? {
            return blame(session, bench, admissions, attack, table, candidate, check).await;
        }
    }
    for candidate in &candidates {
        if !still_leaks(
            session,
            bench,
            attack,
            &drop_policies(table, std::iter::once(*candidate)),
        )
        .await?
        {
            return blame(session, bench, admissions, attack, table, candidate, check).await;
        }
    }
    Ok(unclear(bench.scene, attacker, table, &candidates, check))
}

/// A join shows what either of its tables shows by itself: the plain read of the one that leaks, if one does.
async fn joined(
    session: &Session,
    bench: &Bench<'_>,
    attack: &Attack,
    table: &Relation,
) -> Result<Option<Attack>, ObserveError> {
    let role = &bench.scene.attacker(attack.attacker).role;
    let parents = table
        .foreign_keys
        .iter()
        .filter_map(|key| bench.scene.relation(key.target));
    for read in std::iter::once(table).chain(parents) {
        let direct = Attack {
            object: Object::Relation(read.oid),
            form: Form::Bare,
            statement: statement::select(bench.scene, role, read),
            ..attack.clone()
        };
        if still_leaks(session, bench, &direct, "").await? {
            return Ok(Some(direct));
        }
    }
    Ok(None)
}

/// The function of a trigger without which the leak is gone: what it does with its owner's rights goes past the policies.
async fn trigger_cause(
    session: &Session,
    bench: &Bench<'_>,
    attack: &Attack,
    table: &Relation,
) -> Result<Option<Oid>, ObserveError> {
    if matches!(attack.command, Command::Select | Command::Call) {
        return Ok(None);
    }
    let definer = |function: Oid| {
        bench
            .scene
            .catalog
            .functions
            .iter()
            .any(|f| f.oid == function && f.definer)
    };
    for trigger in table
        .triggers
        .iter()
        .filter(|trigger| trigger.enabled != 'D' && definer(trigger.function))
    {
        let (on, name) = (
            qualified(&table.schema, &table.name),
            identifier(&trigger.name),
        );
        // A view's triggers can only be dropped (manual, ALTER TABLE, "DISABLE TRIGGER").
        let change = match table.kind {
            RelationKind::View => format!("DROP TRIGGER {name} ON {on};"),
            _ => format!("ALTER TABLE {on} DISABLE TRIGGER {name};"),
        };
        if !still_leaks(session, bench, attack, &change).await? {
            return Ok(Some(trigger.function));
        }
    }
    Ok(None)
}

/// A policy is to blame, unless it only trusts one function of the schema for what a doctored claim says: when that
/// function gives NULL instead, the leak is gone.
async fn blame(
    session: &Session,
    bench: &Bench<'_>,
    admissions: &Admissions,
    attack: &Attack,
    table: &Relation,
    policy: &Policy,
    check: bool,
) -> Result<Cause, ObserveError> {
    let attacker = bench.scene.attacker(attack.attacker);
    let without_tenant = !matches!(
        attacker.standing,
        Standing::Member | Standing::Former | Standing::Removed | Standing::VictimsMember
    );
    let asked = bench.scene.tenancy.policy_functions.get(&policy.oid);
    for function in asked.into_iter().flatten() {
        if admissions
            .admits(session, bench, attacker, *function)
            .await?
        {
            return Ok(Cause::Function(*function));
        }
    }
    for function in asked.into_iter().flatten() {
        if let Some(steadied) = steadied(bench.scene, *function)
            && !still_leaks(session, bench, attack, &steadied).await?
        {
            return Ok(Cause::Function(*function));
        }
    }
    if without_tenant
        && let Some([only]) = asked.map(Vec::as_slice)
        && let Some(silenced) = silenced(bench.scene, *only)
        && !still_leaks(session, bench, attack, &silenced).await?
        && !hands_on(session, bench, attacker, *only).await?
        && !leaks_honestly(session, bench, attack).await?
    {
        return Ok(Cause::Function(*only));
    }
    Ok(Cause::Policy {
        relation: table.oid,
        policy: policy.oid,
        check: check && policy.check.is_some(),
    })
}

pub(super) async fn still_leaks(
    session: &Session,
    bench: &Bench<'_>,
    attack: &Attack,
    change: &str,
) -> Result<bool, ObserveError> {
    let by = bench.scene.attacker(attack.attacker);
    let login = &bench.scene.tenancy.roles.login;
    let request = Request::of(attack, Runner::Played { by, login, change });
    let observation = alone(session, &request).await?;
    session
        .client()
        .simple_query("ROLLBACK")
        .await
        .map_err(ObserveError::lost)?;
    Ok(bench.see(attack, &observation, None).leak.is_some())
}

/// The function of a cause, if it is one.
pub fn function_of<'a>(scene: &Scene<'a>, cause: &Cause) -> Option<&'a Function> {
    match cause {
        Cause::Function(oid) => scene.catalog.functions.iter().find(|f| f.oid == *oid),
        _ => None,
    }
}
