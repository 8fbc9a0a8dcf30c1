//! Hands a row of the attacker's own to another tenant.
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, folders,
    named, statement,
};
use crate::catalog::{Oid, Relation};
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
                out.extend(moves(scene, id, attacker, relation, self.name()));
            }
        }
        out
    }
}

/// The attacker's own row with the victim's tenant or owner: one column, all of them, with and without a WHERE.
fn moves(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let (Some(moved), Some((_, foreign))) = (
        scene.own_row(attacker, relation.oid),
        scene.victim_row(attacker, relation.oid),
    ) else {
        return Vec::new();
    };
    let first = statement::ownership(scene, relation, foreign, false);
    let whole = statement::ownership(scene, relation, foreign, true);
    let filter = format!(" WHERE {}", scene.finds(relation, moved.1));
    let emptied = first.keys().next().map_or_else(String::new, |column| {
        statement::emptied(scene, relation, moved.1, *column)
    });
    // A row of two owners can be one that a CHECK lets nobody write.
    let plain = |form: Form| {
        if emptied.is_empty() {
            form
        } else {
            Form::Whole
        }
    };
    let mut variants = vec![
        (plain(Form::Bare), &first, ""),
        (plain(Form::Filtered), &first, filter.as_str()),
    ];
    if !emptied.is_empty() {
        variants.push((Form::Whole, &first, emptied.as_str()));
    }
    // Where two columns name a tenant, each alone must be held.
    let mut singles = singles(scene, relation, foreign);
    singles.extend(folders::crossed(scene, relation, moved.1, foreign));
    let other = singles.iter().filter(|single| **single != first);
    variants.extend(other.map(|single| (plain(Form::Bare), single, "")));
    if whole != first {
        // A composite reference lets the row move only together with what it refers to.
        variants.push((Form::Whole, &whole, ""));
        variants.push((Form::Whole, &whole, filter.as_str()));
    }
    variants.retain(|(_, values, _)| !values.is_empty());
    let attack = |(form, values, tail): (Form, &BTreeMap<i16, String>, &str)| Attack {
        probe,
        severity: Severity::High,
        object: Object::Relation(relation.oid),
        command: Command::Update,
        form,
        attacker: id,
        preparation: alone(scene, relation.oid, moved),
        statement: format!(
            "UPDATE {} SET {}{tail}",
            named(relation),
            statement::assignments(relation, values)
        ),
        supplied: values.values().cloned().collect(),
        aim: Aim::Write,
        victim: victim_of(attacker, foreign),
        watch: Vec::new(),
        suspect: None,
    };
    variants.into_iter().map(attack).collect()
}

/// Each column that names a tenant, by itself, as it is in the victim's row.
fn singles(scene: &Scene, relation: &Relation, foreign: &TrueRow) -> Vec<BTreeMap<i16, String>> {
    let settable = |number: &i16| {
        let found = relation.columns.iter().find(|c| c.number == *number);
        found.is_some_and(statement::is_settable)
    };
    scene
        .tenant_columns(relation)
        .into_iter()
        .filter(settable)
        .filter_map(|column| {
            let value = scene.value(relation, foreign, column)?;
            Some(BTreeMap::from([(column, value.to_owned())]))
        })
        .collect()
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
