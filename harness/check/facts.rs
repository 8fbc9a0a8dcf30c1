//! What changes say without the values that are drawn anew in every run: which rows were touched, which keys were written.
use crate::catalog::Oid;
use crate::oracle::{Bench, Change, Fate};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows went and came, by relation.
pub(super) type Shape = BTreeSet<(Oid, bool, usize)>;

/// A row that stood there before, or a column of a new row with a key that somebody has.
pub(super) type Fact = (Oid, String, String);

pub(super) fn shape(changes: &[Change]) -> Shape {
    let mut counts: BTreeMap<(Oid, bool), usize> = BTreeMap::new();
    for change in changes {
        *counts
            .entry((change.relation, change.fate == Fate::Gone))
            .or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((oid, gone), count)| (oid, gone, count))
        .collect()
}

pub(super) fn facts(bench: &Bench<'_>, changes: &[Change]) -> BTreeSet<Fact> {
    let mut out = BTreeSet::new();
    for change in changes {
        match &change.fate {
            Fate::Gone => {
                let place = (change.relation, change.ctid.clone());
                if bench.row(&place).is_some() {
                    out.insert((place.0, String::new(), place.1));
                }
            }
            Fate::New(row) => out.extend(keys(bench, change.relation, row)),
        }
    }
    out
}

/// Keys and references of a new row that lead to somebody.
fn keys(bench: &Bench<'_>, oid: Oid, row: &Map<String, Value>) -> Vec<Fact> {
    let scene = bench.scene;
    let Some(relation) = scene.relation(oid) else {
        return Vec::new();
    };
    let refers = |number: i16| {
        let mut keys = relation.foreign_keys.iter();
        keys.any(|key| key.columns.contains(&number))
            || scene
                .tenancy
                .key_of(scene.column_ref(oid, number))
                .is_some()
    };
    let columns = relation.columns.iter().filter(|c| refers(c.number));
    columns
        .filter_map(|column| {
            let value = row.get(&column.name).filter(|value| !value.is_null())?;
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let known = bench.traces.find(&text).next().is_some();
            known.then(|| (oid, column.name.clone(), text))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_counts_rows_and_leaves_their_values_out() {
        let change = |ctid: &str, fate: Fate| Change {
            relation: 7,
            ctid: ctid.to_owned(),
            fate,
        };
        let row = |id: u32| Fate::New([("id".to_owned(), Value::from(id))].into_iter().collect());
        let first = [change("(0,9)", row(1)), change("(0,1)", Fate::Gone)];
        let second = [change("(0,9)", row(2)), change("(0,1)", Fate::Gone)];
        assert_eq!(shape(&first), shape(&second), "another key was drawn");
        assert_ne!(shape(&first), shape(&first[..1]), "a row less");
    }
}
