//! What may have let a leak through: policies that were asked, functions that they trust, row security that is off; and the
//! changes of the schema without which it would not have.
use super::observe_cause::Cause;
use crate::catalog::{Oid, Policy, PolicyCommand, Relation, Volatility};
use crate::probes::{Attacker, Command, Scene, rights};
use crate::sql::{identifier, qualified};

/// Functions that every one of the policies asks.
pub(super) fn asked_by_all(scene: &Scene, policies: &[&Policy]) -> Vec<Oid> {
    let asked = |policy: &Policy| scene.tenancy.policy_functions.get(&policy.oid);
    let first = policies.first().and_then(|policy| asked(policy));
    let by_all = |function: &&Oid| {
        let mut others = policies.iter().map(|policy| asked(policy));
        others.all(|asked| asked.is_some_and(|asked| asked.contains(function)))
    };
    first
        .into_iter()
        .flatten()
        .filter(by_all)
        .copied()
        .collect()
}

/// Makes an IMMUTABLE function STABLE, so that no plan keeps its value.
pub(super) fn steadied(scene: &Scene, oid: Oid) -> Option<String> {
    let function = scene.catalog.functions.iter().find(|f| f.oid == oid)?;
    (function.volatility == Volatility::Immutable).then(|| {
        let arguments: Vec<&str> = function
            .arguments
            .iter()
            .map(|argument| argument.type_name.as_str())
            .collect();
        format!(
            "ALTER FUNCTION {}({}) STABLE;",
            qualified(&function.schema, &function.name),
            arguments.join(", ")
        )
    })
}

/// Makes a function without arguments give NULL. One with arguments decides about a row, as a policy does.
pub(super) fn silenced(scene: &Scene, oid: Oid) -> Option<String> {
    let function = scene.catalog.functions.iter().find(|f| f.oid == oid)?;
    (function.arguments.is_empty() && function.outputs.is_empty() && !function.returns_set).then(|| {
        let name = qualified(&function.schema, &function.name);
        format!("CREATE OR REPLACE FUNCTION {name}() RETURNS {} LANGUAGE sql STABLE AS 'SELECT NULL::{}';", function.returns, function.returns)
    })
}

/// Row-level security that does not hold for this role at all.
pub(super) fn unpoliced(scene: &Scene, attacker: &Attacker, table: &Relation) -> Option<Cause> {
    if !table.rls {
        return Some(Cause::NoRls(table.oid));
    }
    let role = scene
        .catalog
        .roles
        .iter()
        .find(|role| role.name == attacker.role)?;
    if role.superuser || role.bypass_rls {
        return Some(Cause::Bypass(role.oid));
    }
    let owns = rights::enjoyed(scene, &attacker.role).contains(&table.owner);
    (owns && !table.force_rls).then_some(Cause::NotForced(table.oid))
}

/// Permissive policies that PostgreSQL asks for this command and role.
pub(super) fn applicable<'r>(
    scene: &Scene,
    attacker: &Attacker,
    table: &'r Relation,
    command: Command,
) -> Vec<&'r Policy> {
    let roles = rights::enjoyed(scene, &attacker.role);
    let wanted = match command {
        Command::Select => PolicyCommand::Select,
        Command::Insert => PolicyCommand::Insert,
        Command::Update => PolicyCommand::Update,
        _ => PolicyCommand::Delete,
    };
    let fits = |policy: &&Policy| {
        policy.permissive
            && (policy.command == PolicyCommand::All || policy.command == wanted)
            && policy.roles.iter().any(|oid| roles.contains(oid))
    };
    table.policies.iter().filter(fits).collect()
}

pub(super) fn drop_policies<'r>(
    table: &Relation,
    policies: impl Iterator<Item = &'r Policy>,
) -> String {
    policies
        .map(|policy| {
            format!(
                "DROP POLICY {} ON {};",
                identifier(&policy.name),
                qualified(&table.schema, &table.name)
            )
        })
        .collect()
}

/// No policy alone is to blame.
pub(super) fn unclear(
    scene: &Scene,
    attacker: &Attacker,
    table: &Relation,
    candidates: &[&Policy],
    check: bool,
) -> Cause {
    // A join reads two tables: the cause may lie on the other one.
    let other = table
        .foreign_keys
        .iter()
        .filter_map(|key| scene.relation(key.target))
        .find_map(|target| unpoliced(scene, attacker, target));
    let first = candidates.first().map(|policy| Cause::Policy {
        relation: table.oid,
        policy: policy.oid,
        check,
    });
    other.or(first).unwrap_or(Cause::NoRls(table.oid))
}

/// Makes a policy accept no new row.
pub(super) fn refuse_all(table: &Relation, policy: &Policy) -> String {
    format!(
        "ALTER POLICY {} ON {} WITH CHECK (false);",
        identifier(&policy.name),
        qualified(&table.schema, &table.name)
    )
}

/// Whether a trigger stands in the place of this command, as views have them. The bits of `tgtype` are those of
/// src/include/catalog/pg_trigger.h.
pub(super) fn replaced_by_trigger(view: &Relation, command: Command) -> bool {
    const INSTEAD: i16 = 64;
    let event = match command {
        Command::Insert => 4,
        Command::Delete => 8,
        Command::Update => 16,
        _ => 0,
    };
    view.triggers.iter().any(|trigger| {
        trigger.enabled != 'D' && trigger.kind & INSTEAD != 0 && trigger.kind & event != 0
    })
}
