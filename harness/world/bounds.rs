//! Finds values that a partitioned table has room for.
use super::kind::Kind;
use super::literals::{literals, names};
use super::source::Source;
use crate::catalog::{Catalog, Column, Relation};

/// For a column that partitions its table: a value of each partition, and whether there is a default partition, which takes
/// every other value too.
pub fn bounds(catalog: &Catalog, relation: &Relation, column: &Column) -> (Vec<Source>, bool) {
    let name = &column.name;
    let mut list = Vec::new();
    let mut rest = false;
    let mut open = vec![relation];
    while let Some(parent) = open.pop() {
        let children = || {
            catalog
                .relations
                .iter()
                .filter(|r| r.parents.contains(&parent.oid))
        };
        open.extend(children());
        let keys = parent
            .partition_key
            .as_deref()
            .map(key_columns)
            .unwrap_or_default();
        let Some(place) = keys.iter().position(|key| key == name) else {
            continue;
        };
        for bound in children().filter_map(|c| c.partition_bound.as_deref()) {
            match bound {
                "DEFAULT" => rest = true,
                _ => list.extend(bound_values(bound, place)),
            }
        }
    }
    let kind = Kind::of(catalog, column);
    let values = list.into_iter().map(|text| match kind {
        Kind::Timestamp { .. } => Source::Within(text),
        _ => Source::Literal(text),
    });
    (values.collect(), rest)
}

/// A value of each partition that a table has for values of this column, those first whose partition somebody but its owner
/// may name.
pub fn listed(catalog: &Catalog, relation: &Relation, column: &Column) -> Vec<String> {
    let key = relation.partition_key.as_deref().unwrap_or_default();
    if !key.starts_with("LIST") || key_columns(key).first() != Some(&column.name) {
        return Vec::new();
    }
    let mut children: Vec<&Relation> = catalog
        .relations
        .iter()
        .filter(|r| r.parents.contains(&relation.oid))
        .collect();
    let granted = |child: &Relation| child.grants.iter().any(|grant| grant.role != child.owner);
    children.sort_by_key(|child| !granted(child));
    let bounds = children
        .iter()
        .filter_map(|child| child.partition_bound.as_deref());
    bounds
        .filter_map(|bound| bound_values(bound, 0).into_iter().next())
        .collect()
}

/// `RANGE (created_at, org_id)` → the names in order.
fn key_columns(key: &str) -> Vec<String> {
    let inside = key.split_once('(').map_or("", |(_, rest)| rest);
    inside
        .split(',')
        .map(|part| names(part).into_iter().next().unwrap_or_default())
        .collect()
}

/// Values that a partition takes: all of a list, or the lower bound of a range, which it includes.
fn bound_values(bound: &str, place: usize) -> Vec<String> {
    let inside = |text: &str| {
        let text = text.split_once('(').map_or("", |(_, rest)| rest);
        text.rsplit_once(')')
            .map_or(text, |(inside, _)| inside)
            .to_owned()
    };
    if let Some((_, list)) = bound.split_once(" IN ") {
        return literals(&inside(list));
    }
    let Some((_, range)) = bound.split_once(" FROM ") else {
        return Vec::new();
    };
    let lower = range.split_once(" TO ").map_or(range, |(lower, _)| lower);
    inside(lower)
        .split(',')
        .nth(place)
        .map(literals)
        .unwrap_or_default()
}
