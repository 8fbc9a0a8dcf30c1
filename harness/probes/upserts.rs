//! Reaches another tenant's row by its key while inserting: ON CONFLICT DO UPDATE, and MERGE.
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Scene, named, rights,
    statement,
};
use crate::catalog::{Privilege, Relation};
use crate::event::Severity;
use crate::sql::{identifier, literal};
use crate::world::TrueRow;
use std::collections::BTreeMap;

/// The first version that knows MERGE (manual, MERGE).
const MERGE_SINCE: u32 = 150_000;

/// The victim's row changed by whoever inserts a row with its key, or matches it in a MERGE.
pub(super) fn upserts(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let mut out = conflicts(scene, id, attacker, relation, probe);
    let set = statement::harmless_set(scene, attacker, relation);
    let then = set.map(|set| format!("UPDATE SET {set}"));
    let merge = |then| {
        merged(
            scene,
            (id, attacker),
            relation,
            probe,
            Command::Update,
            then,
        )
    };
    out.extend(then.and_then(merge));
    out
}

/// The victim's row matched by its key, and deleted.
pub(super) fn merged_away(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Option<Attack> {
    let (then, command) = ("DELETE".to_owned(), Command::Delete);
    let mut attack = merged(scene, (id, attacker), relation, probe, command, then)?;
    attack.preparation.push(Preparation::Unbind {
        relation: relation.oid,
    });
    Some(attack)
}

/// The primary key of a row, as a condition on columns of `of`, and as values.
fn key(
    scene: &Scene,
    relation: &Relation,
    row: &TrueRow,
    of: &str,
) -> Option<(String, BTreeMap<i16, String>)> {
    let mut values = BTreeMap::new();
    let mut parts = Vec::new();
    for number in &relation.primary_key {
        let value = scene.value(relation, row, *number)?;
        let name = identifier(&relation.column(*number)?.name);
        parts.push(format!("{of}.{name} = {}", literal(value)));
        values.insert(*number, value.to_owned());
    }
    (!parts.is_empty()).then(|| (parts.join(" AND "), values))
}

/// A row of the attacker's own with the victim's key, which on conflict changes the row that is there.
fn conflicts(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let (Some(own), Some((_, foreign)), Some(set)) = (
        scene.own_row(attacker, relation.oid),
        scene.victim_row(attacker, relation.oid),
        statement::harmless_set(scene, attacker, relation),
    ) else {
        return Vec::new();
    };
    let Some((found, values)) = key(scene, relation, foreign, "kept") else {
        return Vec::new();
    };
    let names: Vec<String> = values
        .keys()
        .filter_map(|number| Some(identifier(&relation.column(*number)?.name)))
        .collect();
    let insert = statement::insert(scene, &attacker.role, relation, own.1, &values);
    let table = named(relation);
    let insert = insert.replacen(&table, &format!("{table} AS kept"), 1);
    let target = names.join(", ");
    let filters = [String::new(), format!(" WHERE {found}")];
    let erase = Preparation::Erase {
        relation: own.0,
        ctid: own.1.ctid.clone(),
    };
    filters
        .into_iter()
        .map(|filter| {
            let text = format!("{insert} ON CONFLICT ({target}) DO UPDATE SET {set}{filter}");
            Attack {
                preparation: vec![erase.clone()],
                ..writing(
                    (id, attacker),
                    relation,
                    foreign,
                    probe,
                    Command::Update,
                    text,
                )
            }
        })
        .collect()
}

/// The victim's row matched by its key. A plain table that the role may write, on a server that knows the statement.
fn merged(
    scene: &Scene,
    (id, attacker): (AttackerId, &Attacker),
    relation: &Relation,
    probe: &'static str,
    command: Command,
    then: String,
) -> Option<Attack> {
    let (_, foreign) = scene.victim_row(attacker, relation.oid)?;
    let (found, _) = key(scene, relation, foreign, "kept")?;
    let privilege = match command {
        Command::Delete => Privilege::Delete,
        _ => Privilege::Update,
    };
    let may = rights::may(scene, &attacker.role, relation, privilege);
    if !may || scene.catalog.version < MERGE_SINCE {
        return None;
    }
    let text = format!(
        "MERGE INTO {} AS kept USING (SELECT 1) AS sent ON {found} WHEN MATCHED THEN {then}",
        named(relation)
    );
    let by = (id, attacker);
    Some(writing(by, relation, foreign, probe, command, text))
}

fn writing(
    (id, attacker): (AttackerId, &Attacker),
    relation: &Relation,
    foreign: &TrueRow,
    probe: &'static str,
    command: Command,
    statement: String,
) -> Attack {
    Attack {
        probe,
        severity: Severity::High,
        object: Object::Relation(relation.oid),
        command,
        form: Form::Reshaped,
        attacker: id,
        preparation: Vec::new(),
        statement,
        supplied: foreign.values.iter().flatten().cloned().collect(),
        aim: Aim::Write,
        victim: victim_of(attacker, foreign),
        watch: Vec::new(),
        suspect: None,
    }
}
