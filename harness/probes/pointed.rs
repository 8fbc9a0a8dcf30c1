//! Rows of the attacker's own by whose values a trigger finds the victim's row: a number that tenants have in common, or a
//! reference that no foreign key holds.
use super::read_row::victim_of;
use super::secrets::is_secret;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Scene, named, statement,
};
use crate::catalog::{Oid, Relation, Trigger};
use crate::event::Severity;
use crate::tenancy::ColumnRef;
use crate::world::TrueRow;
use std::collections::{BTreeMap, BTreeSet};

/// Every own row that can be written so that a trigger finds a row of the victim's.
pub(super) fn pointed(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    probe: &'static str,
) -> Vec<Attack> {
    if attacker.tenants.is_empty() {
        return Vec::new();
    }
    let tables = scene.owned().filter(|table| table.parents.is_empty());
    let mut out = Vec::new();
    for table in tables.filter(|table| !table.triggers.is_empty()) {
        for (target, pairs) in targets(scene, table) {
            out.extend(point(scene, (id, attacker), table, (target, &pairs), probe));
        }
    }
    out
}

/// The owned tables that triggers look into, with the pairs of columns by which they do.
fn targets(scene: &Scene, table: &Relation) -> BTreeMap<Oid, BTreeSet<(i16, i16)>> {
    let mut out: BTreeMap<Oid, BTreeSet<(i16, i16)>> = BTreeMap::new();
    for column in table.columns.iter().filter(|c| statement::is_settable(c)) {
        let here = scene.column_ref(table.oid, column.number);
        let found = scene
            .tenancy
            .trigger_columns
            .get(&here)
            .into_iter()
            .flatten();
        for there in found.filter(|there| crosses(scene, table, here, **there)) {
            let pairs = out.entry(there.relation).or_default();
            pairs.insert((here.column, there.column));
        }
    }
    out
}

/// Whether a column may hold another tenant's value in a row that stays its tenant's. Where a foreign key leads to the same
/// row, the reference itself is tried elsewhere.
fn crosses(scene: &Scene, table: &Relation, here: ColumnRef, there: ColumnRef) -> bool {
    let Some(target) = scene.relation(there.relation) else {
        return false;
    };
    let held = table
        .foreign_keys
        .iter()
        .any(|key| key.target == there.relation && key.columns.contains(&here.column));
    let keys = [scene.tenancy.tenant, scene.tenancy.user];
    let names_owner = |column: ColumnRef| {
        let key = scene.tenancy.key_of(column);
        key.is_some() && keys.contains(&key)
    };
    scene.is_owned(there.relation)
        && !held
        && !names_owner(here)
        && !names_owner(there)
        && !is_secret(scene, target, there.column)
}

/// The own row, inserted, changed and deleted, with the values by which the victim's row is found.
fn point(
    scene: &Scene,
    (id, attacker): (AttackerId, &Attacker),
    table: &Relation,
    (target, pairs): (Oid, &BTreeSet<(i16, i16)>),
    probe: &'static str,
) -> Vec<Attack> {
    let (Some((leaf, own)), Some((_, foreign)), Some(there)) = (
        scene.own_row(attacker, table.oid),
        scene.victim_row(attacker, target),
        scene.relation(target),
    ) else {
        return Vec::new();
    };
    let value = |(here, column): &(i16, i16)| {
        Some((*here, scene.value(there, foreign, *column)?.to_owned()))
    };
    let values: BTreeMap<i16, String> = pairs.iter().filter_map(value).collect();
    if values.is_empty() {
        return Vec::new();
    }
    let one = |command: Command, preparation: Vec<Preparation>, statement: String| Attack {
        probe,
        severity: Severity::Critical,
        object: Object::Relation(table.oid),
        command,
        form: Form::Pointing,
        attacker: id,
        preparation,
        statement,
        supplied: values.values().cloned().collect(),
        aim: Aim::Write,
        victim: victim_of(attacker, foreign),
        watch: Vec::new(),
        suspect: None,
    };
    let erase = vec![Preparation::Erase {
        relation: leaf,
        ctid: own.ctid.clone(),
    }];
    let insert = statement::insert(scene, &attacker.role, table, own, &values);
    let update = format!(
        "UPDATE {} SET {} WHERE {}",
        named(table),
        statement::assignments(table, &values),
        scene.finds(table, own)
    );
    let mut out = vec![
        one(Command::Insert, erase.clone(), insert.clone()),
        one(Command::Update, Vec::new(), update),
    ];
    // A trigger on DELETE looks up what the row said last.
    if table.triggers.iter().any(on_delete) {
        let written = with(table, own, &values);
        let found = scene.finds(table, &written);
        let both = format!("{insert};\nDELETE FROM {} WHERE {found}", named(table));
        out.push(one(Command::Delete, erase, both));
    }
    out
}

/// The bits of `tgtype` are those of src/include/catalog/pg_trigger.h.
fn on_delete(trigger: &Trigger) -> bool {
    trigger.enabled != 'D' && trigger.kind & 8 != 0
}

/// A row as it stands, with some values replaced.
fn with(table: &Relation, row: &TrueRow, values: &BTreeMap<i16, String>) -> TrueRow {
    let mut row = row.clone();
    for (column, value) in table.columns.iter().zip(&mut row.values) {
        if let Some(new) = values.get(&column.number) {
            *value = Some(new.clone());
        }
    }
    row
}
