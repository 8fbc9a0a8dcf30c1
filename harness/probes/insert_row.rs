//! Plants a row in another tenant: the victim's own row is taken out first, and the attacker inserts the very same.
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, statement,
};
use crate::catalog::{Relation, RelationKind};
use crate::event::Severity;
use std::collections::BTreeMap;

pub struct InsertRow;

impl Probe for InsertRow {
    fn name(&self) -> &'static str {
        "insert-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("insert_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let tables: Vec<&Relation> = scene
            .owned()
            .filter(|relation| relation.kind != RelationKind::ForeignTable)
            .collect();
        scene
            .honest()
            .flat_map(|(id, attacker)| {
                tables
                    .iter()
                    .filter_map(move |relation| plant(scene, id, attacker, relation, self.name()))
            })
            .collect()
    }
}

/// The victim's row again, inserted by the attacker: every key and reference in it is valid, so that only a policy,
/// a trigger or a missing right can refuse it.
pub(super) fn plant(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Option<Attack> {
    let (leaf, row) = scene.victim_row(attacker, relation.oid)?;
    Some(Attack {
        probe,
        severity: Severity::High,
        object: Object::Relation(relation.oid),
        command: Command::Insert,
        form: Form::Bare,
        attacker: id,
        preparation: vec![Preparation::Erase {
            relation: leaf,
            ctid: row.ctid.clone(),
        }],
        statement: statement::insert(scene, &attacker.role, relation, row, &BTreeMap::new()),
        supplied: row.values.iter().flatten().cloned().collect(),
        aim: Aim::Write,
        victim: victim_of(attacker, row),
        watch: Vec::new(),
        suspect: None,
    })
}
