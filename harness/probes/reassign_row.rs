//! Hands a row of the attacker's own to another tenant.
use super::read_row::victim_of;
use super::{Aim, Attack, Command, Form, Object, Preparation, Probe, Scene, named, statement};
use crate::catalog::Oid;
use crate::event::Severity;
use crate::world::TrueRow;
use std::collections::BTreeMap;

pub struct ReassignRow;

impl Probe for ReassignRow {
    fn name(&self) -> &'static str {
        "reassign-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("reassign_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene
            .honest()
            .filter(|(_, attacker)| !attacker.tenants.is_empty())
        {
            for relation in scene.owned() {
                let (Some(moved), Some((_, foreign))) = (
                    scene.own_row(attacker, relation.oid),
                    scene.victim_row(attacker, relation.oid),
                ) else {
                    continue;
                };
                let first = statement::ownership(scene, relation, foreign, false);
                let whole = statement::ownership(scene, relation, foreign, true);
                let filter = format!(" WHERE {}", scene.finds(relation, moved.1));
                let mut variants = vec![
                    (Form::Bare, &first, ""),
                    (Form::Filtered, &first, filter.as_str()),
                ];
                let singles: Vec<_> = scene
                    .tenant_columns(relation)
                    .into_iter()
                    .filter_map(|column| {
                        Some(BTreeMap::from([(
                            column,
                            scene.value(relation, foreign, column)?.to_owned(),
                        )]))
                    })
                    .filter(|single| *single != first)
                    .collect();
                // Where two columns name a tenant, each alone must be held.
                variants.extend(singles.iter().map(|single| (Form::Bare, single, "")));
                if whole != first {
                    // A composite reference lets the row move only together with what it refers to.
                    variants.push((Form::Whole, &whole, ""));
                    variants.push((Form::Whole, &whole, filter.as_str()));
                }
                for (form, values, filter) in variants
                    .into_iter()
                    .filter(|(_, values, _)| !values.is_empty())
                {
                    out.push(Attack {
                        probe: self.name(),
                        severity: Severity::High,
                        object: Object::Relation(relation.oid),
                        command: Command::Update,
                        form,
                        attacker: id,
                        preparation: alone(scene, relation.oid, moved),
                        statement: format!(
                            "UPDATE {} SET {}{filter}",
                            named(relation),
                            statement::assignments(relation, values)
                        ),
                        supplied: values.values().cloned().collect(),
                        aim: Aim::Write,
                        victim: victim_of(attacker, foreign),
                        watch: Vec::new(),
                        suspect: None,
                    });
                }
            }
        }
        out
    }
}

/// Leaves the one row that is moved: the victim's would collide with it where a key is unique per owner, and a row in a
/// state that a policy refuses would hide what happens to the others.
pub fn alone(scene: &Scene, relation: Oid, moved: (Oid, &TrueRow)) -> Vec<Preparation> {
    let mut by_leaf: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
    for (leaf, row) in scene.rows(relation) {
        if (leaf, &row.ctid) != (moved.0, &moved.1.ctid) {
            by_leaf.entry(leaf).or_default().push(row.ctid.clone());
        }
    }
    by_leaf
        .into_iter()
        .map(|(relation, ctids)| Preparation::EraseRows { relation, ctids })
        .collect()
}
