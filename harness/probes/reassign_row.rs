//! Hands a row of the attacker's own to another tenant.
use super::read_row::victim_of;
use super::{Aim, Attack, Command, Form, Object, Preparation, Probe, Scene, named, statement};
use crate::catalog::{Oid, Relation};
use crate::event::Severity;
use crate::world::TrueRow;
use std::collections::{BTreeMap, BTreeSet};

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
                let (Some((_, own)), Some((leaf, foreign))) = (
                    scene.own_row(attacker, relation.oid),
                    scene.victim_row(attacker, relation.oid),
                ) else {
                    continue;
                };
                let first = statement::ownership(scene, relation, foreign, false);
                let whole = statement::ownership(scene, relation, foreign, true);
                let filter = format!(" WHERE {}", scene.finds(relation, own));
                let mut variants = vec![
                    (Form::Bare, &first, ""),
                    (Form::Filtered, &first, filter.as_str()),
                ];
                if whole != first {
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
                        preparation: alone(scene, relation, (leaf, foreign), values),
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

/// Takes the victim's row out, because a key that is unique per owner would collide with it. Where the new owner's
/// columns are unique by themselves, only one row may be moved: all others go too.
fn alone(
    scene: &Scene,
    relation: &Relation,
    (leaf, foreign): (Oid, &TrueRow),
    values: &BTreeMap<i16, String>,
) -> Vec<Preparation> {
    let unique = relation.uniques.iter().any(|unique| {
        unique
            .columns
            .iter()
            .all(|column| values.contains_key(column))
    });
    if !unique {
        return vec![Preparation::Erase {
            relation: leaf,
            ctid: foreign.ctid.clone(),
        }];
    }
    let mut by_leaf: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
    let mut kept: BTreeSet<Oid> = BTreeSet::new();
    for (leaf, row) in scene.rows(relation.oid) {
        let own = row.tenant == Some(super::attackers::ATTACKING) && kept.insert(relation.oid);
        if !own {
            by_leaf.entry(leaf).or_default().push(row.ctid.clone());
        }
    }
    by_leaf
        .into_iter()
        .map(|(relation, ctids)| Preparation::EraseRows { relation, ctids })
        .collect()
}
