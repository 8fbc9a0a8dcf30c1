//! Makes a row of the attacker's own refer to another tenant's row.
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, named,
    statement,
};
use crate::catalog::{ForeignKey, Relation};
use crate::event::Severity;
use crate::tenancy::{OwnerPath, Scope};
use crate::world::TrueRow;
use std::collections::BTreeMap;

pub struct ReferenceRow;

impl Probe for ReferenceRow {
    fn name(&self) -> &'static str {
        "reference-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("reference_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene
            .honest()
            .filter(|(_, attacker)| !attacker.tenants.is_empty())
        {
            for relation in scene.owned().filter(|relation| relation.parents.is_empty()) {
                for key in relation
                    .foreign_keys
                    .iter()
                    .filter(|key| crosses(scene, relation, key))
                {
                    out.extend(refer(scene, id, attacker, relation, key, self.name()));
                }
            }
        }
        out
    }
}

/// References to rows that belong to tenants, other than those that say whose the row is: to change one of those is to
/// reassign the row. References to the users and tenants themselves name a person and open nothing.
fn crosses(scene: &Scene, relation: &Relation, key: &ForeignKey) -> bool {
    let Some(Scope::Owned { paths, .. }) = scene.tenancy.scope(relation.oid) else {
        return false;
    };
    let owner = match paths.first() {
        Some(OwnerPath::Parent { columns, .. }) => *columns == key.columns,
        Some(OwnerPath::Key { column, .. }) => key.columns == [*column],
        Some(OwnerPath::Folder { .. }) => false,
        None => true,
    };
    let names_key = key.target_columns.iter().all(|column| {
        scene
            .tenancy
            .key_of(scene.column_ref(key.target, *column))
            .is_some()
    });
    !owner && !names_key && scene.is_owned(key.target)
}

fn refer(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    key: &ForeignKey,
    probe: &'static str,
) -> Vec<Attack> {
    let (Some((leaf, own)), Some((_, foreign)), Some(target)) = (
        scene.own_row(attacker, relation.oid),
        scene.victim_row(attacker, key.target),
        scene.relation(key.target),
    ) else {
        return Vec::new();
    };
    let Some((whole, values)) = crossing(scene, (relation, own), (target, foreign), key) else {
        return Vec::new();
    };
    let one = |command: Command, preparation: Vec<Preparation>, statement: String| Attack {
        probe,
        severity: Severity::High,
        object: Object::Relation(relation.oid),
        command,
        form: Form::Filtered,
        attacker: id,
        preparation,
        statement,
        supplied: foreign.values.iter().flatten().cloned().collect(),
        aim: Aim::Refer {
            target: key.target,
            columns: values.keys().copied().collect(),
            values: values.values().cloned().collect(),
            whole: whole.clone().into_iter().collect(),
        },
        victim: victim_of(attacker, foreign),
        watch: Vec::new(),
        suspect: Some(key.name.clone()),
    };
    let update = format!(
        "UPDATE {} SET {} WHERE {}",
        named(relation),
        statement::assignments(relation, &values),
        scene.finds(relation, own)
    );
    // Where a row is referred to once at most, the row that does would refuse the other before its reference is asked.
    let own_place = (leaf, own.ctid.clone());
    let taken = statement::colliding(scene, relation, own, &values);
    let taken = taken.into_iter().filter(|place| *place != own_place);
    let free: Vec<Preparation> = taken
        .map(|(relation, ctid)| Preparation::Erase { relation, ctid })
        .collect();
    let mut erase = vec![Preparation::Erase {
        relation: leaf,
        ctid: own.ctid.clone(),
    }];
    erase.extend(free.iter().cloned());
    vec![
        one(Command::Update, free, update),
        one(
            Command::Insert,
            erase,
            statement::insert(scene, &attacker.role, relation, own, &values),
        ),
    ]
}

type Values = BTreeMap<i16, String>;

/// What the reference holds when it crosses over, and the part of it that is written: the columns that say whose the row
/// is stay the attacker's own.
fn crossing(
    scene: &Scene,
    (relation, own): (&Relation, &TrueRow),
    (target, foreign): (&Relation, &TrueRow),
    key: &ForeignKey,
) -> Option<(Values, Values)> {
    let mine = statement::ownership(scene, relation, own, false);
    let mut whole = Values::new();
    for (column, there) in key.columns.iter().zip(&key.target_columns) {
        let value = scene.value(target, foreign, *there)?;
        whole.insert(*column, value.to_owned());
    }
    let mut values = whole.clone();
    values.retain(|column, _| !mine.contains_key(column));
    (!values.is_empty()).then_some((whole, values))
}
