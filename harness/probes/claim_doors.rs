//! Doors that bearers of doctored claims try besides the tables: views, functions, and writes that ask otherwise than reads.
use super::arguments::{Call, Mix, call};
use super::call_definer::{calling, is_door};
use super::read_row::reading;
use super::{Attack, Attacker, AttackerId, Form, Scene, Victim, attackers, statement};
use crate::catalog::{Function, Oid, Policy, PolicyCommand, Relation, RelationKind};
use std::collections::BTreeSet;

/// Reads every view that runs with its owner's rights: what its caller's rights show, the tables show by themselves.
pub(super) fn views(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    probe: &'static str,
) -> Vec<Attack> {
    let views = scene.catalog.relations.iter().filter(|relation| {
        relation.kind == RelationKind::View
            && !relation.security_invoker
            && statement::shows_owned(scene, relation)
    });
    views
        .map(|view| {
            let text = statement::select(scene, &attacker.role, view);
            let victim = Victim::Tenant(attackers::VICTIM);
            reading(id, view, probe, Form::Bare, text, victim)
        })
        .collect()
}

/// Calls every function that asks the claims, with the victim's values and with the attacker's own.
pub(super) fn functions(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    probe: &'static str,
) -> Vec<Attack> {
    let readers: BTreeSet<Oid> = scene
        .tenancy
        .claim_readers
        .values()
        .flatten()
        .copied()
        .collect();
    let doors = scene
        .catalog
        .functions
        .iter()
        .filter(|function| is_door(scene, function) && asks(scene, function, &readers));
    let mut out = Vec::new();
    for function in doors {
        let count = function.arguments.len();
        let calls: BTreeSet<Call> = [Mix::Victim, Mix::Own]
            .into_iter()
            .filter_map(|mix| call(scene, attacker, function, mix, count))
            .collect();
        out.extend(
            calls
                .into_iter()
                .map(|call| calling(id, function, probe, call)),
        );
    }
    out
}

/// Whether a function reads a claim, itself or by a function that it names.
fn asks(scene: &Scene, function: &Function, readers: &BTreeSet<Oid>) -> bool {
    let lower = function.body.to_lowercase();
    let words: BTreeSet<&str> = crate::sql::words(&lower).collect();
    let mut named = scene
        .catalog
        .functions
        .iter()
        .filter(|other| readers.contains(&other.oid));
    readers.contains(&function.oid)
        || words.contains("current_setting")
        || named.any(|other| words.contains(other.name.to_lowercase().as_str()))
}

/// Whether a policy for a write asks something that no policy for reading asks: otherwise the read tells what the write would.
pub(super) fn asks_otherwise(scene: &Scene, relation: &Relation, command: PolicyCommand) -> bool {
    // To insert a tenant is to found a new one: nobody's rows are at stake.
    if command == PolicyCommand::Insert && scene.is_tenants(relation) {
        return false;
    }
    let policies: Vec<&Policy> = scene
        .relation(relation.oid)
        .into_iter()
        .flat_map(|relation| &relation.policies)
        .filter(|policy| policy.permissive)
        .collect();
    let for_command = |policy: &&Policy, wanted: PolicyCommand| {
        policy.command == PolicyCommand::All || policy.command == wanted
    };
    let read: BTreeSet<&String> = policies
        .iter()
        .filter(|policy| for_command(policy, PolicyCommand::Select))
        .filter_map(|policy| policy.using.as_ref())
        .collect();
    policies
        .iter()
        .filter(|policy| for_command(policy, command))
        .flat_map(|policy| policy.using.iter().chain(&policy.check))
        .any(|expression| !read.contains(expression))
}
