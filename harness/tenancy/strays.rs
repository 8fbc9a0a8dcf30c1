//! Finds comparisons of the caller with a column that holds another kind of key: a user's number where a tenant's is meant.
use super::ColumnRef;
use super::facts::{Atom, Facts};
use crate::catalog::{Catalog, Oid, Relation};
use std::collections::{BTreeMap, BTreeSet};

/// Pairs of claim and column that are compared and must not make two keys one.
///
/// A looked-up table finds what belongs to the caller in another column of the caller's own row: its reference to the tenant.
/// The claim is then the key of that table, and whatever else it is compared with that holds what such a reference holds
/// is compared by mistake, as long as the policies that go through the table are not fewer.
pub(super) fn strays(catalog: &Catalog, facts: &Facts) -> BTreeSet<(Atom, ColumnRef)> {
    let mut compared: BTreeMap<&Atom, BTreeSet<ColumnRef>> = BTreeMap::new();
    for pair in &facts.equal {
        let ((Atom::Column(column), claim) | (claim, Atom::Column(column))) = pair else {
            continue;
        };
        if matches!(claim, Atom::Claim { .. }) {
            compared.entry(claim).or_default().insert(*column);
        }
    }
    let mut out = BTreeSet::new();
    for (claim, columns) in compared {
        for own in &columns {
            let Some(relation) = looked_up(catalog, facts, *own) else {
                continue;
            };
            for (target, beside) in references(relation, own.column) {
                let holds = |column: &&ColumnRef| {
                    column.relation != relation.oid && leads_to(catalog, **column, target)
                };
                let direct: BTreeSet<&ColumnRef> = columns.iter().filter(holds).collect();
                if direct.len() <= through(facts, beside) {
                    out.extend(direct.into_iter().map(|column| (claim.clone(), *column)));
                }
            }
        }
    }
    out
}

/// The application's table that policies look the caller up in by this column alone: it is the key of a row, and refers to
/// nothing that says otherwise.
fn looked_up<'c>(catalog: &'c Catalog, facts: &Facts, own: ColumnRef) -> Option<&'c Relation> {
    let relation = catalog.relation(own.relation)?;
    let alone = relation.primary_key == [own.column];
    let refers = relation
        .foreign_keys
        .iter()
        .any(|key| key.columns.contains(&own.column));
    (alone && !refers && !relation.platform && facts.lookups.contains(&own.relation))
        .then_some(relation)
}

/// What other columns of the table refer to, each with the column.
fn references(relation: &Relation, own: i16) -> Vec<((Oid, i16), ColumnRef)> {
    let single = |key: &&crate::catalog::ForeignKey| {
        key.columns.len() == 1 && key.columns != [own] && key.target != relation.oid
    };
    let found = relation.foreign_keys.iter().filter(single);
    found
        .map(|key| {
            let beside = ColumnRef {
                relation: relation.oid,
                column: key.columns[0],
            };
            ((key.target, key.target_columns[0]), beside)
        })
        .collect()
}

/// Whether a column is that key or refers to it.
fn leads_to(catalog: &Catalog, column: ColumnRef, target: (Oid, i16)) -> bool {
    let refers = |relation: &Relation| {
        relation.foreign_keys.iter().any(|key| {
            key.target == target.0
                && key.columns == [column.column]
                && key.target_columns == [target.1]
        })
    };
    (column.relation, column.column) == target
        || catalog.relation(column.relation).is_some_and(refers)
}

/// How many columns are compared with what the lookup finds.
fn through(facts: &Facts, beside: ColumnRef) -> usize {
    let beside = Atom::Column(beside);
    let met = facts.equal.iter().filter(|(a, b)| match (a, b) {
        (Atom::Column(other), Atom::Column(_)) if *b == beside => Atom::Column(*other) != beside,
        (Atom::Column(_), Atom::Column(other)) if *a == beside => Atom::Column(*other) != beside,
        _ => false,
    });
    met.count()
}
