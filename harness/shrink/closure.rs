//! The rows that a leak can depend on: those it is about, whom they refer to, and what makes the attacker a user.
use crate::catalog::Oid;
use crate::probes::{Attack, Preparation, Scene};
use crate::world::TrueRow;
use std::collections::BTreeSet;

/// Rows by place: (relation, ctid).
pub type Place = (Oid, String);

/// Rows worth starting from, with everything that they refer to. Sorted, so that the result is the same for a seed.
pub fn closure(scene: &Scene, attack: &Attack, about: &[Place]) -> Vec<Place> {
    let attacker = scene.attacker(attack.attacker);
    let mut open: Vec<(Oid, &TrueRow)> = Vec::new();
    for (relation, ctid) in about {
        open.extend(
            scene
                .truth
                .tables
                .get(relation)
                .into_iter()
                .flatten()
                .filter(|row| row.ctid == *ctid)
                .map(|row| (*relation, row)),
        );
    }
    // Whatever the caller is looked up in: its rows in membership tables and in the tables of users and tenants.
    let roots = scene
        .tenancy
        .keys
        .iter()
        .filter_map(|key| key.root)
        .map(|root| root.relation);
    let lookups: BTreeSet<Oid> = scene
        .tenancy
        .memberships
        .iter()
        .map(|m| m.relation)
        .chain(roots)
        .collect();
    for relation in lookups {
        let rows = scene.truth.tables.get(&relation).into_iter().flatten();
        let mine = rows.filter(|row| {
            row.user.is_some() && row.user == attacker.user
                || row.user.is_none() && row.tenant.is_some_and(|t| attacker.tenants.contains(&t))
        });
        open.extend(mine.map(|row| (relation, row)));
    }
    if let Some((leaf, row)) = scene.own_row(attacker, attack.object.oid()) {
        open.push((leaf, row));
    }
    let erased: BTreeSet<Place> = attack
        .preparation
        .iter()
        .filter_map(|step| match step {
            Preparation::Erase { relation, ctid } => Some((*relation, ctid.clone())),
            _ => None,
        })
        .collect();
    let found = with_referred(scene, open);
    found.difference(&erased).cloned().collect()
}

/// Rows with everything that they refer to.
fn with_referred<'a>(scene: &Scene<'a>, mut open: Vec<(Oid, &'a TrueRow)>) -> BTreeSet<Place> {
    let mut found: BTreeSet<Place> = BTreeSet::new();
    while let Some((relation, row)) = open.pop() {
        if found.insert((relation, row.ctid.clone())) {
            open.extend(referred(scene, relation, row));
        }
    }
    found
}

/// What these rows refer to, and they themselves.
pub fn founded<'a>(scene: &Scene<'a>, rows: Vec<(Oid, &'a TrueRow)>) -> BTreeSet<Place> {
    with_referred(scene, rows)
}

/// The rows that a row refers to.
fn referred<'a>(scene: &Scene<'a>, relation: Oid, row: &TrueRow) -> Vec<(Oid, &'a TrueRow)> {
    let Some(found) = scene.relation(relation) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for key in &found.foreign_keys {
        let Some(target) = scene.relation(key.target) else {
            continue;
        };
        let wanted: Vec<Option<&str>> = key
            .columns
            .iter()
            .map(|column| scene.value(found, row, *column))
            .collect();
        let rows = scene.rows(key.target);
        let hit = rows.into_iter().find(|(_, there)| {
            key.target_columns
                .iter()
                .zip(&wanted)
                .all(|(column, value)| {
                    value.is_some() && scene.value(target, there, *column) == *value
                })
        });
        out.extend(hit);
    }
    out
}
