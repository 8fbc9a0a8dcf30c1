//! Plants a row in another tenant: the victim's own row is taken out first, and the attacker inserts the very same.
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, statement,
};
use crate::catalog::{Oid, Relation, RelationKind};
use crate::event::Severity;
use crate::world::TrueRow;
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
                tables.iter().flat_map(move |relation| {
                    let mut out = plants(scene, id, attacker, relation, self.name());
                    out.extend(crossed(scene, id, attacker, relation, self.name()));
                    out
                })
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
    let row = scene.victim_row(attacker, relation.oid)?;
    let statement = statement::insert(scene, &attacker.role, relation, row.1, &BTreeMap::new());
    Some(inserting(
        id,
        attacker,
        relation,
        probe,
        (Form::Bare, statement),
        (row, row),
    ))
}

/// The same for each of the victim's rows: a write check may let rows of one state through and of another not.
fn plants(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    // A row of the table of tenants is a tenant: who inserts one makes a new tenant, and takes nobody's.
    if scene.is_tenants(relation) {
        return Vec::new();
    }
    let Some((_, first)) = scene.victim_row(attacker, relation.oid) else {
        return Vec::new();
    };
    let rows = scene.rows(relation.oid);
    let same = rows.into_iter().filter(|(_, row)| {
        row.tenant == first.tenant && scene.is_foreign(attacker, relation.oid, row.tenant, row.user)
    });
    same.take(STATES)
        .map(|row| {
            let statement =
                statement::insert(scene, &attacker.role, relation, row.1, &BTreeMap::new());
            inserting(
                id,
                attacker,
                relation,
                probe,
                (Form::Bare, statement),
                (row, row),
            )
        })
        .collect()
}

/// Rows of the victim that are planted one by one in each table.
const STATES: usize = 4;

/// A row of the attacker's own in which one column says that it is the victim tenant's: a membership that nobody gave,
/// a row whose two tenant columns disagree.
fn crossed(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let (Some(own), Some(foreign)) = (
        scene.own_row(attacker, relation.oid),
        scene.victim_row(attacker, relation.oid),
    ) else {
        return Vec::new();
    };
    let movable = |column: &i16| relation.primary_key != [*column];
    let columns = scene.tenant_columns(relation).into_iter().filter(movable);
    columns
        .filter_map(|column| {
            let values =
                BTreeMap::from([(column, scene.value(relation, foreign.1, column)?.to_owned())]);
            let statement = statement::insert(scene, &attacker.role, relation, own.1, &values);
            let mut attack = inserting(
                id,
                attacker,
                relation,
                probe,
                (Form::Whole, statement),
                (own, foreign),
            );
            // Where a tenant may have one row only, the victim's own would refuse the insert before any policy does.
            if relation.uniques.iter().any(|key| key.columns == [column]) {
                attack.preparation.push(Preparation::Erase {
                    relation: foreign.0,
                    ctid: foreign.1.ctid.clone(),
                });
            }
            Some(attack)
        })
        .collect()
}

/// An insert in place of a row that is taken out first, so that no unique key is in the way.
fn inserting(
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
    (form, statement): (Form, String),
    (replaced, victim): ((Oid, &TrueRow), (Oid, &TrueRow)),
) -> Attack {
    Attack {
        probe,
        severity: Severity::High,
        object: Object::Relation(relation.oid),
        command: Command::Insert,
        form,
        attacker: id,
        preparation: vec![Preparation::Erase {
            relation: replaced.0,
            ctid: replaced.1.ctid.clone(),
        }],
        statement,
        supplied: victim.1.values.iter().flatten().cloned().collect(),
        aim: Aim::Write,
        victim: victim_of(attacker, victim.1),
        watch: Vec::new(),
        suspect: None,
    }
}
