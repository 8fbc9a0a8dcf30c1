//! Which other values a column of one's own row might be given: ranks, flags, states, and whose it is.
use super::arguments::victim_key;
use super::authority::Authority;
use super::{Scene, attackers, statement};
use crate::catalog::{Column, Relation, Shape};
use crate::world::TrueRow;
use std::collections::BTreeSet;

/// Values of one column are limited: an enum of countries is no rank.
const MOST: usize = 12;

/// Every plausible value that the row does not have there yet; `None` is NULL.
pub(super) fn values(
    scene: &Scene,
    table: &Relation,
    authority: &Authority,
    column: &Column,
    row: &TrueRow,
) -> Vec<Option<String>> {
    let present = scene.value(table, row, column.number);
    // To put somebody else in one's own place opens nothing.
    if is_own_name(scene, table, column, row) {
        return Vec::new();
    }
    let mut out: BTreeSet<Option<String>> = BTreeSet::new();
    out.extend(fixed(scene, table, authority, column).into_iter().map(Some));
    out.extend(foreign(scene, table, column).map(Some));
    if counts(column) {
        out.extend(seen(scene, table, column).into_iter().map(Some));
    }
    if !column.not_null {
        out.insert(None);
    }
    out.remove(&present.map(str::to_owned));
    let mut out: Vec<Option<String>> = out.into_iter().collect();
    // NULL last: it opens least often.
    out.sort_by_key(|value| value.is_none());
    out.truncate(MOST);
    out
}

/// Whether the column says that the row is its user's.
fn is_own_name(scene: &Scene, table: &Relation, column: &Column, row: &TrueRow) -> bool {
    let Some(key) = scene
        .tenancy
        .key_of(scene.column_ref(table.oid, column.number))
        .filter(|key| Some(*key) == scene.tenancy.user)
    else {
        return false;
    };
    let value = scene.value(table, row, column.number);
    let user = row.user.and_then(|user| scene.world.users.get(user.0));
    value.is_some()
        && value
            == user
                .and_then(|user| user.keys.get(&key))
                .map(String::as_str)
}

/// Whether a column says what its row's user may do: a flag, or a value that is compared with literals, in a table that
/// holds one row for each user, or for each pair of a user and something else.
pub(super) fn is_rank_like(
    scene: &Scene,
    table: &Relation,
    authority: &Authority,
    column: &Column,
) -> bool {
    let key = scene
        .tenancy
        .key_of(scene.column_ref(table.oid, column.number))
        .is_some();
    let refers = table
        .foreign_keys
        .iter()
        .any(|key| key.columns.contains(&column.number));
    let of_user = |number: &i16| {
        scene.tenancy.user.is_some()
            && scene.tenancy.key_of(scene.column_ref(table.oid, *number)) == scene.tenancy.user
    };
    let about_user = table
        .uniques
        .iter()
        .any(|unique| unique.columns.iter().any(of_user));
    !key && !refers
        && about_user
        && (!fixed(scene, table, authority, column).is_empty() || counts(column))
}

/// The values that the schema itself names: both of a boolean, labels of an enum, literals of CHECKs and of policies.
fn fixed(scene: &Scene, table: &Relation, authority: &Authority, column: &Column) -> Vec<String> {
    if column.type_name == "boolean" {
        return vec!["t".to_owned(), "f".to_owned()];
    }
    if let Some(Shape::Enum(labels)) = scene.catalog.types.get(&column.type_oid).map(|t| &t.shape) {
        return labels.clone();
    }
    if !is_text(column) {
        return Vec::new();
    }
    let checked: Vec<String> = table
        .checks
        .iter()
        .filter(|check| check.columns == [column.number])
        .flat_map(|check| super::authority::literals(&check.expression))
        .collect();
    match checked.is_empty() {
        true => authority.literals().into_iter().take(MOST).collect(),
        false => checked,
    }
}

fn is_text(column: &Column) -> bool {
    let base = column.type_name.split('(').next().unwrap_or_default();
    matches!(base.trim(), "text" | "character varying" | "citext")
}

fn counts(column: &Column) -> bool {
    matches!(column.type_name.as_str(), "smallint" | "integer")
}

/// What the victim has there: its key, or a row of its own.
fn foreign(scene: &Scene, table: &Relation, column: &Column) -> impl Iterator<Item = String> {
    let key = scene
        .tenancy
        .key_of(scene.column_ref(table.oid, column.number))
        .and_then(|key| victim_key(scene, key));
    let rows = scene.rows(table.oid);
    let referred = rows
        .iter()
        .find(|(_, row)| row.tenant == Some(attackers::VICTIM))
        .and_then(|(_, row)| statement::ownership(scene, table, row, true).remove(&column.number));
    // A reference that is empty everywhere still leads to some row of the victim's.
    let target = table
        .foreign_keys
        .iter()
        .filter(|key| key.columns == [column.number])
        .find_map(|key| {
            let there = scene.relation(key.target)?;
            let rows = scene.rows(key.target);
            let (_, row) = rows
                .iter()
                .find(|(_, row)| row.tenant == Some(attackers::VICTIM))?;
            scene
                .value(there, row, *key.target_columns.first()?)
                .map(str::to_owned)
        });
    key.into_iter().chain(referred).chain(target)
}

/// Values that other rows have there.
fn seen(scene: &Scene, table: &Relation, column: &Column) -> BTreeSet<String> {
    let rows = scene.rows(table.oid);
    let values = rows
        .iter()
        .filter_map(|(_, row)| scene.value(table, row, column.number));
    let all: BTreeSet<String> = values.map(str::to_owned).collect();
    all.into_iter().take(4).collect()
}
