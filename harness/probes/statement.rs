//! Builds the SQL of attacks from rows that really stand in the database.
use super::rights;
use super::scene::{Attacker, Scene, named};
use crate::catalog::{Column, Generated, Oid, Privilege, Relation, RelationKind};
use crate::sql::{identifier, literal, nullable};
use crate::tenancy::{OwnerPath, Scope};
use crate::world::TrueRow;
use std::collections::BTreeMap;

/// `SELECT` of every column that the role may read.
pub fn select(scene: &Scene, role: &str, relation: &Relation) -> String {
    let allowed = rights::columns(scene, role, relation, Privilege::Select);
    let list = if allowed.len() == relation.columns.len() {
        "*".to_owned()
    } else {
        names(&allowed)
    };
    format!("SELECT {list} FROM {}", named(relation))
}

fn names(columns: &[&Column]) -> String {
    columns
        .iter()
        .map(|column| identifier(&column.name))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `INSERT` of a row as it stands, with some values replaced.
pub fn insert(
    scene: &Scene,
    role: &str,
    relation: &Relation,
    row: &TrueRow,
    replaced: &BTreeMap<i16, String>,
) -> String {
    let columns: Vec<&Column> = rights::columns(scene, role, relation, Privilege::Insert)
        .into_iter()
        .filter(|c| c.generated != Generated::Expression)
        .collect();
    let values: Vec<String> = columns
        .iter()
        .map(|c| {
            nullable(
                replaced
                    .get(&c.number)
                    .map(String::as_str)
                    .or_else(|| scene.value(relation, row, c.number)),
            )
        })
        .collect();
    let overriding = if columns
        .iter()
        .any(|c| c.generated == Generated::IdentityAlways)
    {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    format!(
        "INSERT INTO {} ({}){overriding} VALUES ({})",
        named(relation),
        names(&columns),
        values.join(", ")
    )
}

/// `SET` of a meaningless column to a harmless value. The value is a constant: reading a column would bring the SELECT
/// policies in.
pub fn harmless_set(scene: &Scene, attacker: &Attacker, relation: &Relation) -> Option<String> {
    let column = rights::plain_column(scene, &attacker.role, relation)?;
    let base = rights::base_of(scene, relation).unwrap_or(relation);
    let number = base.columns.iter().find(|c| c.name == column.name)?.number;
    let rows = scene.rows(base.oid);
    let texts = rows
        .iter()
        .filter(|(_, row)| row.tenant.is_some())
        .filter_map(|(_, row)| scene.value(base, row, number));
    let value = texts
        .clone()
        .find(|text| !text.is_empty())
        .or_else(|| texts.clone().next());
    if value.is_none() && column.not_null {
        return None;
    }
    Some(format!(
        "{} = {}",
        identifier(&column.name),
        nullable(value)
    ))
}

/// The columns that say whose a row is, with the values of `from`: what a row needs to change owner.
pub fn ownership(
    scene: &Scene,
    relation: &Relation,
    from: &TrueRow,
    all: bool,
) -> BTreeMap<i16, String> {
    let Some(Scope::Owned { paths, .. }) = scene.tenancy.scope(relation.oid) else {
        return BTreeMap::new();
    };
    let mut numbers: Vec<i16> = Vec::new();
    for path in paths {
        match path {
            OwnerPath::Key { column, .. } => numbers.push(*column),
            OwnerPath::Parent { columns, .. } => numbers.extend(columns),
        }
        if !all {
            break;
        }
    }
    if all {
        numbers.extend(
            relation
                .foreign_keys
                .iter()
                .filter(|key| scene.is_owned(key.target))
                .flat_map(|key| key.columns.iter().copied()),
        );
    }
    numbers.sort_unstable();
    numbers.dedup();
    let writable = |number: &i16| {
        relation
            .columns
            .iter()
            .any(|c| c.number == *number && c.generated != Generated::Expression)
    };
    numbers
        .into_iter()
        .filter(writable)
        .filter_map(|number| Some((number, scene.value(relation, from, number)?.to_owned())))
        .collect()
}

/// `"a" = 'x', "b" = 'y'`.
pub fn assignments(relation: &Relation, values: &BTreeMap<i16, String>) -> String {
    let parts = values.iter().filter_map(|(number, value)| {
        let column = relation.columns.iter().find(|c| c.number == *number)?;
        Some(format!("{} = {}", identifier(&column.name), literal(value)))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Whether a relation can be reached by SQL that names it: its schema may be used by the role.
pub fn is_exposed(scene: &Scene, role: &str, schema: &str) -> bool {
    let roles = rights::enjoyed(scene, role);
    scene.catalog.schemas.iter().any(|s| {
        s.name == schema
            && (roles.contains(&s.owner) || s.usage.iter().any(|oid| roles.contains(oid)))
    })
}

/// Views and materialized views that show owned tables, directly or through other views.
pub fn shows_owned(scene: &Scene, relation: &Relation) -> bool {
    fn any(scene: &Scene, oid: Oid, depth: usize) -> bool {
        let Some(relation) = scene.relation(oid) else {
            return false;
        };
        match relation.kind {
            RelationKind::View | RelationKind::MaterializedView => {
                depth > 0
                    && relation
                        .reads
                        .iter()
                        .any(|read| any(scene, *read, depth - 1))
            }
            _ => scene.is_owned(oid),
        }
    }
    any(scene, relation.oid, 16)
}
