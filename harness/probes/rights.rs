//! Which columns a role may use in a statement, so that an attack is refused by a policy and not by a narrower grant.
use super::Command;
use super::scene::{Attacker, Scene};
use super::statement;
use crate::catalog::{
    Column, Generated, Grant, Oid, PolicyCommand, Privilege, Relation, RelationKind,
};
use std::collections::BTreeSet;

/// The roles whose grants a role enjoys: itself, PUBLIC (0), and every group it inherits from.
pub fn enjoyed(scene: &Scene, role: &str) -> BTreeSet<Oid> {
    let roles = &scene.catalog.roles;
    let mut found: BTreeSet<Oid> = BTreeSet::from([0]);
    let mut next: Vec<Oid> = roles
        .iter()
        .filter(|r| r.name == role)
        .map(|r| r.oid)
        .collect();
    if next.is_empty() {
        // A tenant's own role, which the world makes: it is a member of what members are.
        let members = &scene.tenancy.roles.members;
        next.extend(
            roles
                .iter()
                .filter(|r| members.contains(&r.name))
                .map(|r| r.oid),
        );
    }
    while let Some(oid) = next.pop() {
        if found.insert(oid)
            && let Some(role) = roles.iter().find(|r| r.oid == oid)
            && role.inherit
        {
            next.extend(&role.member_of);
        }
    }
    found
}

/// The columns that the role may use with this privilege; all of them when it has no right at all, so that the attack
/// is still tried and refused.
pub fn columns<'r>(
    scene: &Scene,
    role: &str,
    relation: &'r Relation,
    privilege: Privilege,
) -> Vec<&'r Column> {
    let roles = enjoyed(scene, role);
    let grants: Vec<&Grant> = relation
        .grants
        .iter()
        .filter(|grant| grant.privilege == privilege && roles.contains(&grant.role))
        .collect();
    let whole = grants.is_empty() || grants.iter().any(|grant| grant.column.is_none());
    relation
        .columns
        .iter()
        .filter(|column| {
            whole
                || grants
                    .iter()
                    .any(|grant| grant.column == Some(column.number))
        })
        .collect()
}

/// A column that an update can set without meaning anything: no key, no reference, not unique, not generated.
pub fn plain_column<'r>(scene: &Scene, role: &str, relation: &'r Relation) -> Option<&'r Column> {
    let taken = |column: &Column| match source(scene, relation, column) {
        Some((table, column)) => !is_plain(scene, table, &column.name),
        None => column.generated != Generated::No || column.number <= 0,
    };
    let mut free: Vec<&Column> = columns(scene, role, relation, Privilege::Update)
        .into_iter()
        .filter(|column| !taken(column))
        .collect();
    let checked = |column: &Column| {
        relation
            .checks
            .iter()
            .any(|check| check.columns.contains(&column.number))
    };
    let textual = |column: &Column| {
        column.type_name == "text" || column.type_name.starts_with("character varying")
    };
    // What a view computes can be set only where a trigger takes it.
    let computed = |column: &Column| source(scene, relation, column).is_none();
    free.sort_by_key(|column| {
        (
            computed(column),
            checked(column),
            !textual(column),
            column.number,
        )
    });
    free.first().copied()
}

/// The column of a table that stands behind a column: itself, or what a view shows.
pub fn source<'a>(
    scene: &Scene<'a>,
    relation: &Relation,
    column: &Column,
) -> Option<(&'a Relation, &'a Column)> {
    let here = scene.column_ref(relation.oid, column.number);
    let there = match relation.kind {
        RelationKind::View => *scene.tenancy.shown.get(&here)?,
        _ => here,
    };
    let table = scene.relation(there.relation)?;
    let mut columns = table.columns.iter();
    Some((table, columns.find(|c| c.number == there.column)?))
}

/// The one relation that a view shows, if it shows one.
pub fn base_of<'a>(scene: &Scene<'a>, relation: &Relation) -> Option<&'a Relation> {
    match &relation.reads[..] {
        [only] if relation.kind == RelationKind::View => scene.relation(*only),
        _ => None,
    }
}

fn is_plain(scene: &Scene, relation: &Relation, name: &str) -> bool {
    let Some(column) = relation.columns.iter().find(|column| column.name == name) else {
        return false;
    };
    let number = column.number;
    let is_key = scene
        .tenancy
        .key_of(scene.column_ref(relation.oid, number))
        .is_some();
    let refers = relation
        .foreign_keys
        .iter()
        .any(|key| key.columns.contains(&number));
    let unique = relation
        .uniques
        .iter()
        .any(|unique| unique.columns.contains(&number) || says(&unique.expressions, name));
    let partitions = relation
        .partition_key
        .as_deref()
        .is_some_and(|key| key.contains(&column.name));
    !is_key && !refers && !unique && !partitions && column.generated == Generated::No
}

/// Whether an index's expressions name the column: `lower(name)` is as unique as the column.
fn says(expressions: &[String], name: &str) -> bool {
    expressions.iter().any(|text| crate::sql::names(text, name))
}

/// Tables and views that a caller can name, for the reads after a step.
pub fn readable<'a>(scene: &Scene<'a>, attacker: &Attacker) -> Vec<&'a Relation> {
    let roles = enjoyed(scene, &attacker.role);
    let granted = |relation: &&Relation| {
        relation
            .grants
            .iter()
            .any(|grant| grant.privilege == Privilege::Select && roles.contains(&grant.role))
    };
    scene
        .catalog
        .relations
        .iter()
        .filter(|relation| relation.kind != RelationKind::Sequence)
        .filter(granted)
        .filter(|relation| statement::is_exposed(scene, &attacker.role, &relation.schema))
        .collect()
}

/// Whether a role has a privilege on a whole relation, by itself or by a group.
pub fn may(scene: &Scene, role: &str, relation: &Relation, privilege: Privilege) -> bool {
    let roles = enjoyed(scene, role);
    let mut grants = relation.grants.iter();
    grants.any(|grant| grant.privilege == privilege && roles.contains(&grant.role))
}

/// Whether the schema lets nobody of this role run the command here: no grant, or row-level security without a policy for it.
pub fn forbids(scene: &Scene, role: &str, relation: Oid, command: Command) -> bool {
    let Some(relation) = scene.relation(relation) else {
        return false;
    };
    let roles = enjoyed(scene, role);
    let (privilege, command) = match command {
        Command::Select => (Privilege::Select, PolicyCommand::Select),
        Command::Insert => (Privilege::Insert, PolicyCommand::Insert),
        Command::Update => (Privilege::Update, PolicyCommand::Update),
        Command::Delete => (Privilege::Delete, PolicyCommand::Delete),
        Command::Truncate => (Privilege::Truncate, PolicyCommand::All),
        Command::Call => return false,
    };
    let granted = may(scene, role, relation, privilege);
    let policed = relation.policies.iter().any(|policy| {
        policy.permissive
            && (policy.command == PolicyCommand::All || policy.command == command)
            && policy.roles.iter().any(|oid| roles.contains(oid))
    });
    !granted || relation.rls && !policed
}
