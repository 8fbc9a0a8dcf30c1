//! Empties a table: TRUNCATE asks for a privilege and never for a policy.
use super::{Aim, Attack, Command, Form, Object, Probe, Scene, Victim, attackers, named};
use crate::catalog::{Oid, RelationKind};
use crate::event::Severity;
use std::collections::BTreeSet;

pub struct TruncateTable;

impl Probe for TruncateTable {
    fn name(&self) -> &'static str {
        "truncate-table"
    }

    fn explanation(&self) -> &'static str {
        include_str!("truncate_table.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene.honest() {
            for relation in scene
                .owned()
                .filter(|relation| relation.kind != RelationKind::ForeignTable)
            {
                if scene.victim_row(attacker, relation.oid).is_none() {
                    continue;
                }
                out.push(Attack {
                    probe: self.name(),
                    severity: Severity::Critical,
                    object: Object::Relation(relation.oid),
                    command: Command::Truncate,
                    form: Form::Bare,
                    attacker: id,
                    preparation: Vec::new(),
                    // A table that others refer to can only be emptied together with them.
                    statement: format!("TRUNCATE {} CASCADE", named(relation)),
                    supplied: Vec::new(),
                    aim: Aim::Write,
                    victim: Victim::Tenant(attackers::VICTIM),
                    watch: emptied(scene, relation.oid),
                    suspect: None,
                });
            }
        }
        out
    }
}

/// The table, its partitions, and every table that refers to one of them.
fn emptied(scene: &Scene, relation: Oid) -> Vec<Oid> {
    let mut found: BTreeSet<Oid> = BTreeSet::from([relation]);
    loop {
        let more: Vec<Oid> = scene
            .catalog
            .relations
            .iter()
            .filter(|r| !found.contains(&r.oid))
            .filter(|r| {
                r.parents.iter().any(|p| found.contains(p))
                    || r.foreign_keys.iter().any(|key| found.contains(&key.target))
            })
            .map(|r| r.oid)
            .collect();
        if more.is_empty() {
            return found.into_iter().collect();
        }
        found.extend(more);
    }
}
