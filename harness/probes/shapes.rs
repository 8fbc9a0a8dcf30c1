//! The same read in other shapes: inside of other queries, by a cursor, with row locks, explained.
use super::read_row::{reading, victim_of};
use super::{Attack, Attacker, AttackerId, Form, Scene, Standing, named, rights, statement};
use crate::catalog::{Privilege, Relation, RelationKind};
use std::collections::BTreeSet;

/// The first member of each role: what a shape lets through, it lets through for everybody.
pub(super) fn first_members<'a>(scene: &Scene<'a>) -> Vec<(AttackerId, &'a Attacker)> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let members = scene.attackers_that(|standing| standing == Standing::Member);
    members
        .filter(|(_, member)| known.insert(member.role.clone()))
        .collect()
}

/// Tables that stand for themselves and are kept here.
pub(super) fn is_plain(relation: &Relation) -> bool {
    relation.kind != RelationKind::ForeignTable && relation.parents.is_empty()
}

/// COPY of a table turns into a query where row-level security holds (manual, COPY); of anything else it takes a query.
fn copy(scene: &Scene, attacker: &Attacker, relation: &Relation, read: &str) -> String {
    let allowed = rights::columns(scene, &attacker.role, relation, Privilege::Select);
    match relation.kind {
        RelationKind::Table if allowed.len() == relation.columns.len() => {
            format!("COPY {} TO STDOUT", named(relation))
        }
        _ => format!("COPY ({read}) TO STDOUT"),
    }
}

/// Every shape of the read of a relation.
pub(super) fn shapes(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let Some((_, row)) = scene.victim_row(attacker, relation.oid) else {
        return Vec::new();
    };
    let read = statement::select(scene, &attacker.role, relation);
    let may_lock = rights::may(scene, &attacker.role, relation, Privilege::Update);
    let mut texts = vec![
        format!("WITH held AS MATERIALIZED ({read}) SELECT * FROM held"),
        format!("SELECT held.* FROM (VALUES (1)) AS one(n), LATERAL ({read}) AS held"),
        format!("DECLARE held CURSOR FOR {read};\nFETCH ALL FROM held"),
        format!("EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF) {read}"),
    ];
    texts.push(copy(scene, attacker, relation, &read));
    // A row lock asks for the right to update, and for the policies of UPDATE beside those of SELECT (manual, CREATE POLICY).
    if may_lock {
        texts.extend(["UPDATE", "KEY SHARE"].map(|lock| format!("{read} FOR {lock}")));
    }
    let made = texts.into_iter().map(|text| {
        let victim = victim_of(attacker, row);
        reading(id, relation, probe, Form::Reshaped, text, victim)
    });
    made.collect()
}
