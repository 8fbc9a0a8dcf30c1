//! Senses rows of another tenant that it never sees: what it reads, or how its own write ends, depends on them.
use super::read_row::{reading, victim_of};
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, Standing,
    Victim, attackers, statement,
};
use crate::catalog::{Generated, Oid, Relation, RelationKind};
use crate::event::Severity;
use crate::world::{TrueRow, vanishing};
use std::collections::{BTreeMap, BTreeSet};

pub struct SenseRow;

impl Probe for SenseRow {
    fn name(&self) -> &'static str {
        "sense-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("sense_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut kinds = BTreeSet::new();
        let mut out = Vec::new();
        // What is sensed does not depend on the person: one of each kind is enough.
        for (id, attacker) in scene
            .honest()
            .filter(|(_, caller)| kinds.insert((caller.standing, &caller.role)))
        {
            out.extend(reads(scene, id, attacker, self.name()));
        }
        // What a member may write depends on the rank: the lowest and the highest stand at the ends.
        let members: Vec<_> = scene
            .attackers_that(|standing| standing == Standing::Member)
            .filter(|(_, caller)| caller.tenants.len() == 1)
            .collect();
        let ends = members
            .first()
            .into_iter()
            .chain(members.get(1..).and_then(<[_]>::last));
        for (id, attacker) in ends {
            out.extend(writes(scene, *id, attacker, self.name()));
        }
        out
    }
}

/// Everything that can be selected: no view needs to show a row for its sums to tell of it.
fn reads(scene: &Scene, id: AttackerId, attacker: &Attacker, probe: &'static str) -> Vec<Attack> {
    let readable = |relation: &&Relation| {
        relation.kind != RelationKind::Sequence
            && relation.extension.is_none()
            && statement::is_exposed(scene, &attacker.role, &relation.schema)
    };
    let relations = scene.catalog.relations.iter().filter(readable);
    relations
        .map(|relation| Attack {
            severity: Severity::Medium,
            aim: Aim::Sense,
            ..reading(
                id,
                relation,
                probe,
                Form::Bare,
                statement::select(scene, &attacker.role, relation),
                Victim::Tenant(attackers::VICTIM),
            )
        })
        .collect()
}

/// A row of the attacker's own with the values of a row that the victim has in one world and not in the other: whatever
/// compares it with everybody's rows (a unique index, an exclusion constraint, a trigger) ends in two ways.
fn writes(scene: &Scene, id: AttackerId, attacker: &Attacker, probe: &'static str) -> Vec<Attack> {
    let tables = scene
        .owned()
        .filter(|r| r.kind == RelationKind::Table && !scene.is_directory(r));
    let mut out = Vec::new();
    for relation in tables {
        let Some((leaf, own)) = scene.own_row(attacker, relation.oid) else {
            continue;
        };
        let again = statement::insert(scene, &attacker.role, relation, own, &BTreeMap::new());
        let inserting = |statement: String, foreign: Option<&TrueRow>| Attack {
            probe,
            severity: Severity::Medium,
            object: Object::Relation(relation.oid),
            command: Command::Insert,
            form: Form::Bare,
            attacker: id,
            preparation: erase(leaf, own),
            statement,
            supplied: foreign
                .into_iter()
                .flat_map(|row| row.values.iter().flatten().cloned())
                .collect(),
            aim: Aim::Sense,
            victim: foreign.map_or(Victim::Tenant(attackers::VICTIM), |row| {
                victim_of(attacker, row)
            }),
            watch: Vec::new(),
            suspect: None,
        };
        // What a trigger writes into the caller's own row comes back with it.
        if !relation.triggers.is_empty() {
            out.push(inserting(format!("{again} RETURNING *"), None));
        }
        for foreign in asked_for(scene, relation) {
            let (values, row) = foreign;
            let statement = statement::insert(scene, &attacker.role, relation, own, &values);
            out.push(inserting(statement, Some(row)));
        }
        let (catalog, tenancy, truth) = (scene.catalog, scene.tenancy, scene.truth);
        // A partial index looks at rows of one state only.
        let partial = relation
            .uniques
            .iter()
            .any(|unique| unique.predicate.is_some());
        let gone = vanishing(catalog, tenancy, truth, relation.oid, attackers::VICTIM);
        for foreign in gone.into_iter().take(if partial { STATES } else { 1 }) {
            let values = told(scene, relation, foreign);
            if values.is_empty() {
                continue;
            }
            let statement = statement::insert(scene, &attacker.role, relation, own, &values);
            out.push(inserting(statement, Some(foreign)));
        }
    }
    out
}

/// Values of other tables' rows, of the victim's that stand in one world alone, that a trigger would look for if they were
/// written here.
fn asked_for<'s>(
    scene: &Scene<'s>,
    relation: &Relation,
) -> Vec<(BTreeMap<i16, String>, &'s TrueRow)> {
    let mut out = Vec::new();
    for column in &relation.columns {
        let written = scene.column_ref(relation.oid, column.number);
        let looked_for = scene.tenancy.trigger_columns.get(&written);
        if scene.names_owner(relation, column.number) {
            continue;
        }
        for other in looked_for.into_iter().flatten() {
            let there = scene.relation(other.relation);
            let Some(there) = there.filter(|there| !scene.is_directory(there)) else {
                continue;
            };
            let (catalog, tenancy, truth) = (scene.catalog, scene.tenancy, scene.truth);
            let gone = vanishing(catalog, tenancy, truth, there.oid, attackers::VICTIM);
            let told = gone.into_iter().find_map(|row| {
                let value = told(scene, there, row).remove(&other.column)?;
                Some((BTreeMap::from([(column.number, value)]), row))
            });
            out.extend(told);
        }
    }
    out
}

/// Rows that are tried where a partial index may leave some of them out.
const STATES: usize = 4;

fn erase(relation: Oid, row: &TrueRow) -> Vec<Preparation> {
    vec![Preparation::Erase {
        relation,
        ctid: row.ctid.clone(),
    }]
}

/// The victim's values of columns that say nothing of whose the row is and that somebody may guess: what the database
/// draws itself nobody guesses.
fn told(scene: &Scene, relation: &Relation, foreign: &TrueRow) -> BTreeMap<i16, String> {
    let is_guessable = |number: i16| {
        let Some(column) = relation.column(number) else {
            return false;
        };
        let drawn = column
            .default
            .as_deref()
            .is_some_and(|default| default.contains('('));
        column.generated == Generated::No && !drawn && column.type_name != "uuid"
    };
    let columns = relation.columns.iter().map(|column| column.number);
    columns
        .filter(|number| !relation.primary_key.contains(number))
        .filter(|number| !scene.names_owner(relation, *number) && is_guessable(*number))
        .filter(|number| {
            let mut keys = relation.foreign_keys.iter();
            !keys.any(|key| key.columns.contains(number))
        })
        .filter_map(|number| Some((number, scene.value(relation, foreign, number)?.to_owned())))
        .collect()
}
