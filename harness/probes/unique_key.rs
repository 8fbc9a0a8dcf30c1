//! Learns from a unique key that spans tenants whether another tenant has a value.
use super::read_row::victim_of;
use super::secrets::is_secret;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, named,
    rights, statement,
};
use crate::catalog::{Generated, Privilege, Relation, Unique};
use crate::event::Severity;
use crate::world::TrueRow;
use std::collections::BTreeMap;

pub struct UniqueKey;

impl Probe for UniqueKey {
    fn name(&self) -> &'static str {
        "unique-key"
    }

    fn explanation(&self) -> &'static str {
        include_str!("unique_key.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene
            .honest()
            .filter(|(_, attacker)| !attacker.tenants.is_empty())
        {
            for relation in scene
                .owned()
                .filter(|relation| relation.parents.is_empty() && !scene.is_directory(relation))
            {
                for (name, columns) in shared_keys(scene, relation) {
                    out.extend(collide(scene, (id, attacker), relation, name, &columns));
                }
            }
        }
        out
    }
}

/// A row of the attacker's own with the victim's values of the key: inserted, or where rows are only changed, changed.
fn collide(
    scene: &Scene,
    (id, attacker): (AttackerId, &Attacker),
    relation: &Relation,
    name: String,
    columns: &[i16],
) -> Option<Attack> {
    let (leaf, own) = scene.own_row(attacker, relation.oid)?;
    let (_, foreign) = scene.victim_row(attacker, relation.oid)?;
    let taken: BTreeMap<i16, String> = columns
        .iter()
        .filter_map(|n| Some((*n, scene.value(relation, foreign, *n)?.to_owned())))
        .collect();
    if taken.len() != columns.len() {
        return None;
    }
    let one = |command: Command, preparation, (statement, free): (String, String)| Attack {
        probe: UniqueKey.name(),
        severity: Severity::Medium,
        object: Object::Relation(relation.oid),
        command,
        // A bare update is tried again without the own row, which this one needs.
        form: match command {
            Command::Update => Form::Filtered,
            _ => Form::Bare,
        },
        attacker: id,
        preparation,
        statement,
        supplied: foreign.values.iter().flatten().cloned().collect(),
        aim: Aim::Tell { free },
        victim: victim_of(attacker, foreign),
        watch: Vec::new(),
        suspect: Some(name),
    };
    if is_update_only(scene, attacker, relation) {
        let pair = renumbered(scene, relation, own, &taken)?;
        return Some(one(Command::Update, Vec::new(), pair));
    }
    let insert = |values| statement::insert(scene, &attacker.role, relation, own, values);
    let erase = vec![Preparation::Erase {
        relation: leaf,
        ctid: own.ctid.clone(),
    }];
    // The own row was taken out, so its own values are free.
    let pair = (insert(&taken), insert(&BTreeMap::new()));
    Some(one(Command::Insert, erase, pair))
}

/// The own row given the taken values, and given those that it has.
fn renumbered(
    scene: &Scene,
    relation: &Relation,
    own: &TrueRow,
    taken: &BTreeMap<i16, String>,
) -> Option<(String, String)> {
    let set = |values: &BTreeMap<i16, String>| {
        let set = statement::assignments(relation, values);
        let row = scene.finds(relation, own);
        format!("UPDATE {} SET {set} WHERE {row}", named(relation))
    };
    let kept: Option<BTreeMap<i16, String>> = taken
        .keys()
        .map(|n| Some((*n, scene.value(relation, own, *n)?.to_owned())))
        .collect();
    Some((set(taken), set(&kept?)))
}

/// Whether the attacker's role may change rows and insert none.
fn is_update_only(scene: &Scene, attacker: &Attacker, relation: &Relation) -> bool {
    let may = |privilege| rights::may(scene, &attacker.role, relation, privilege);
    may(Privilege::Update) && !may(Privilege::Insert)
}

/// Unique keys and exclusion constraints that tenants share, each with its columns.
pub fn shared_keys(scene: &Scene, relation: &Relation) -> Vec<(String, Vec<i16>)> {
    let uniques = relation
        .uniques
        .iter()
        .filter(|unique| spans_tenants(scene, relation, unique))
        .map(|unique| (unique.name.clone(), unique.columns.clone()));
    let exclusions = relation.exclusions.iter().filter_map(|(name, definition)| {
        let words: Vec<&str> = crate::sql::words(definition).collect();
        let columns: Vec<i16> = relation
            .columns
            .iter()
            .filter(|column| words.contains(&column.name.as_str()))
            .map(|column| column.number)
            .collect();
        let scoped = columns
            .iter()
            .any(|number| scene.names_owner(relation, *number));
        (!scoped && !columns.is_empty()).then(|| (name.clone(), columns))
    });
    uniques.chain(exclusions).collect()
}

/// A key whose columns hold neither a tenant, nor a user, nor a reference to an owned row, nor a value that is
/// drawn at random: somebody can guess it, and everybody shares it.
fn spans_tenants(scene: &Scene, relation: &Relation, unique: &Unique) -> bool {
    let natural = |number: &i16| {
        let Some(column) = relation.columns.iter().find(|c| c.number == *number) else {
            return false;
        };
        let drawn = column.generated != Generated::No
            || column
                .default
                .as_deref()
                .is_some_and(|text| text.contains('('));
        // A primary key of 36 characters is a UUID written as text, which the application draws: nobody guesses it.
        let surrogate = column.type_name == "uuid"
            || relation.primary_key == [*number]
                && matches!(
                    column.type_name.as_str(),
                    "character varying(36)" | "character(36)"
                );
        let known = !drawn && !surrogate && !is_secret(scene, relation, *number);
        known && !scene.names_owner(relation, *number)
    };
    !unique.columns.is_empty() && unique.predicate.is_none() && unique.columns.iter().all(natural)
}
