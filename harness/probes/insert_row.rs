//! Plants a row in another tenant: the victim's own row is taken out first, and the attacker inserts the very same.
use super::projection::{Projection, projections};
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, folders,
    statement,
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
        let views = projections(scene, |(inserts, _, _)| inserts);
        let mut out = Vec::new();
        for (id, attacker) in scene.honest() {
            for relation in &tables {
                out.extend(plants(scene, id, attacker, relation, self.name()));
                out.extend(crossed(scene, id, attacker, relation, self.name()));
            }
            for view in views.iter().filter(|view| view.takes_rows()) {
                out.extend(through(scene, id, attacker, view, self.name()));
            }
        }
        out
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
    victims(scene, attacker, relation)
        .into_iter()
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

/// The same through a view: with what the view shows of the victim's rows.
fn through(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    view: &Projection,
    probe: &'static str,
) -> Vec<Attack> {
    let role = &attacker.role;
    let plant = |row: (Oid, &TrueRow)| {
        let shown = view.row(scene, row.1);
        let statement = statement::insert(scene, role, &view.view, &shown, &BTreeMap::new());
        let kind = (Form::Whole, statement);
        inserting(id, attacker, &view.view, probe, kind, (row, row))
    };
    let rows = victims(scene, attacker, view.base);
    rows.into_iter().map(plant).collect()
}

/// The victim's rows that are planted one by one.
fn victims<'a>(
    scene: &Scene<'a>,
    attacker: &Attacker,
    relation: &Relation,
) -> Vec<(Oid, &'a TrueRow)> {
    // A row of the table of tenants is a tenant: who inserts one makes a new tenant, and takes nobody's.
    if scene.is_tenants(relation) {
        return Vec::new();
    }
    let Some((_, first)) = scene.victim_row(attacker, relation.oid) else {
        return Vec::new();
    };
    let rows = scene.rows(relation.oid).into_iter();
    let same = rows.filter(|(_, row)| {
        row.tenant == first.tenant && scene.is_foreign(attacker, relation.oid, row.tenant, row.user)
    });
    same.take(STATES).collect()
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
    // A row that joins two tenants names another by design.
    let joins = scene.tenancy.parties.contains(&relation.oid);
    let movable = |column: &i16| relation.primary_key != [*column] && !joins;
    let columns = scene.tenant_columns(relation).into_iter().filter(movable);
    let mut out = Vec::new();
    if let Some(values) = folders::crossed(scene, relation, own.1, foreign.1) {
        let text = statement::insert(scene, &attacker.role, relation, own.1, &values);
        let kind = (Form::Whole, text);
        out.push(inserting(
            id,
            attacker,
            relation,
            probe,
            kind,
            (own, foreign),
        ));
    }
    for column in columns {
        let Some(value) = scene.value(relation, foreign.1, column) else {
            continue;
        };
        let values = BTreeMap::from([(column, value.to_owned())]);
        let one = |statement: String| {
            let kind = (Form::Whole, statement);
            let mut attack = inserting(id, attacker, relation, probe, kind, (own, foreign));
            // Where a key lets a tenant have one such row only, the one there is would refuse before any policy does.
            let taken = statement::colliding(scene, relation, own.1, &values);
            let taken = taken.into_iter().filter(|place| *place != own_place(own));
            attack
                .preparation
                .extend(taken.map(|(relation, ctid)| Preparation::Erase { relation, ctid }));
            attack
        };
        let role = &attacker.role;
        out.push(one(statement::insert(
            scene, role, relation, own.1, &values,
        )));
        // A CHECK may let a row have one owner only: a tenant or a user.
        let others = statement::other_owners(scene, relation, own.1, column);
        if !others.is_empty() {
            let lone = statement::without(relation, own.1, &others);
            out.push(one(statement::insert(
                scene, role, relation, &lone, &values,
            )));
        }
    }
    out
}

fn own_place((relation, row): (Oid, &TrueRow)) -> (Oid, String) {
    (relation, row.ctid.clone())
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
