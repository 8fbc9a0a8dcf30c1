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
    let (base, number) = match rights::source(scene, relation, column) {
        Some((table, column)) => (table, column.number),
        None => (relation, column.number),
    };
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

/// `SET` of a column to the value that it has in `row`: what is left to try where a table holds nothing but keys and
/// references. Only `row` may be standing there, else a unique key would refuse before any policy does.
pub fn same_set(
    scene: &Scene,
    attacker: &Attacker,
    relation: &Relation,
    row: &TrueRow,
) -> Option<String> {
    rights::columns(scene, &attacker.role, relation, Privilege::Update)
        .into_iter()
        .filter(|column| is_settable(column))
        .find_map(|column| {
            let value = scene.value(relation, row, column.number)?;
            Some(format!("{} = {}", identifier(&column.name), literal(value)))
        })
}

/// Whether an UPDATE may give the column a value. To an identity that is always generated it may give DEFAULT only, and
/// PostgreSQL says so before it asks for any right (manual, CREATE TABLE, "GENERATED ... AS IDENTITY").
pub fn is_settable(column: &Column) -> bool {
    matches!(
        column.generated,
        Generated::No | Generated::IdentityByDefault
    )
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
            OwnerPath::Folder { column } => numbers.push(*column),
        }
        if !all {
            break;
        }
    }
    // A row that joins two tenants is another's when it names none but others.
    if scene.tenancy.parties.contains(&relation.oid) {
        numbers.extend(scene.tenant_columns(relation));
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
            .any(|c| c.number == *number && is_settable(c))
    };
    numbers
        .into_iter()
        .filter(writable)
        .filter_map(|number| {
            let value = scene.value(relation, from, number)?;
            // Another file in the same folder: the file that is there already would only collide.
            let beside = if scene.is_path(relation, number) {
                "x"
            } else {
                ""
            };
            Some((number, format!("{value}{beside}")))
        })
        .collect()
}

/// Where rows stand that a unique key would not let stand beside `row` with some values replaced.
pub fn colliding(
    scene: &Scene,
    relation: &Relation,
    row: &TrueRow,
    replaced: &BTreeMap<i16, String>,
) -> Vec<(Oid, String)> {
    let new = |number: i16| {
        let kept = || scene.value(relation, row, number);
        replaced.get(&number).map(String::as_str).or_else(kept)
    };
    let concerned = relation
        .uniques
        .iter()
        .filter(|key| key.columns.iter().any(|n| replaced.contains_key(n)));
    let keys: Vec<&[i16]> = concerned.map(|key| key.columns.as_slice()).collect();
    let same = |there: &TrueRow| {
        keys.iter().any(|key| {
            key.iter().filter(|number| **number > 0).all(|number| {
                new(*number).is_some() && new(*number) == scene.value(relation, there, *number)
            })
        })
    };
    scene
        .rows(relation.oid)
        .into_iter()
        .filter(|(_, there)| same(there))
        .map(|(leaf, there)| (leaf, there.ctid.clone()))
        .collect()
}

/// The other columns that name an owner in this row and may be empty: a CHECK may want exactly one of them.
pub fn other_owners(scene: &Scene, relation: &Relation, row: &TrueRow, column: i16) -> Vec<i16> {
    let Some(Scope::Owned { paths, .. }) = scene.tenancy.scope(relation.oid) else {
        return Vec::new();
    };
    let empty = |number: &i16| {
        let found = relation.columns.iter().find(|c| c.number == *number);
        found.is_some_and(|c| !c.not_null && is_settable(c))
    };
    let filled = |number: &i16| scene.value(relation, row, *number).is_some();
    let keys = paths.iter().filter_map(|path| match path {
        OwnerPath::Key { column, .. } => Some(*column),
        OwnerPath::Parent { .. } | OwnerPath::Folder { .. } => None,
    });
    keys.filter(|number| *number != column && empty(number) && filled(number))
        .collect()
}

/// `, "b" = NULL` for each of the other owners: follows the assignments of an UPDATE.
pub fn emptied(scene: &Scene, relation: &Relation, row: &TrueRow, column: i16) -> String {
    let others = other_owners(scene, relation, row, column);
    let names = relation
        .columns
        .iter()
        .filter(|c| others.contains(&c.number));
    names
        .map(|c| format!(", {} = NULL", identifier(&c.name)))
        .collect()
}

/// A row as it stands, with some columns empty.
pub fn without(relation: &Relation, row: &TrueRow, emptied: &[i16]) -> TrueRow {
    let mut row = row.clone();
    for (column, value) in relation.columns.iter().zip(&mut row.values) {
        if emptied.contains(&column.number) {
            *value = None;
        }
    }
    row
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

/// Hands the session over to another caller within the transaction, as a pool does between two.
pub fn become_caller(caller: &Attacker) -> String {
    format!(
        "RESET ROLE;\nSET LOCAL ROLE {};\n{}",
        identifier(&caller.role),
        settings(caller)
    )
}

/// `SET LOCAL` of each of a caller's settings, a line each. A setting's name may hold dots; quoted it is one name.
pub fn settings(caller: &Attacker) -> String {
    let each = |(name, value): &(String, String)| {
        format!("SET LOCAL {} = {};\n", identifier(name), literal(value))
    };
    caller.settings.iter().map(each).collect()
}
