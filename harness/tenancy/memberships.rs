//! Finds the tables that tie users to tenants, and what they say a member may do.
use super::facts::{Atom, Facts};
use super::scopes::tables;
use super::{ColumnRef, Key, KeyId, Membership};
use crate::catalog::{Catalog, Column, Relation, Shape};

/// Tables that tie users to tenants: one row a user, one row a pair, or only references to the two and looked up.
pub fn memberships(
    catalog: &Catalog,
    facts: &Facts,
    keys: &[Key],
    tenant: Option<KeyId>,
    user: Option<KeyId>,
) -> Vec<Membership> {
    let (Some(tenant), Some(user)) = (tenant, user) else {
        return Vec::new();
    };
    if tenant == user {
        return Vec::new();
    }
    let mut out = Vec::new();
    for relation in tables(catalog).filter(|r| {
        !r.parents
            .iter()
            .any(|p| catalog.relations.iter().any(|r| r.oid == *p))
    }) {
        let held = |key: KeyId| -> Vec<i16> {
            keys[key.0]
                .columns
                .iter()
                .filter(|c| c.relation == relation.oid)
                .map(|c| c.column)
                .collect()
        };
        let (users, tenants) = (held(user), held(tenant));
        let is_root = keys[tenant.0]
            .root
            .is_some_and(|root| root.relation == relation.oid);
        if is_root {
            continue;
        }
        for &tenant_column in tenants.iter().take(1) {
            let fits = |column: &&i16| {
                ties(
                    relation,
                    **column,
                    tenant_column,
                    facts,
                    keys,
                    (user, tenant),
                )
            };
            if let Some(&user_column) = users.iter().find(fits) {
                let rank = rank(catalog, facts, relation, &[user_column, tenant_column]);
                out.push(Membership {
                    relation: relation.oid,
                    user_column,
                    tenant_column,
                    rank,
                });
            }
        }
    }
    // Where one table pairs users with tenants by a unique key, a looked-up table that merely has both is none.
    let pairs = |membership: &Membership| {
        catalog.relations.iter().any(|r| {
            r.oid == membership.relation
                && is_pair(r, membership.user_column, membership.tenant_column)
        })
    };
    if out.iter().any(pairs) {
        out.retain(pairs);
    }
    out
}

fn ties(
    relation: &Relation,
    user_column: i16,
    tenant_column: i16,
    facts: &Facts,
    keys: &[Key],
    (user, tenant): (KeyId, KeyId),
) -> bool {
    let unique = is_pair(relation, user_column, tenant_column);
    let only = relation.foreign_keys.iter().all(|key| {
        key.columns.iter().all(|column| {
            let here = ColumnRef {
                relation: relation.oid,
                column: *column,
            };
            keys[user.0].columns.contains(&here) || keys[tenant.0].columns.contains(&here)
        })
    });
    unique || (facts.lookups.contains(&relation.oid) && only)
}

/// One row a user, or one row a pair of user and tenant.
fn is_pair(relation: &Relation, user_column: i16, tenant_column: i16) -> bool {
    let pair = [user_column, tenant_column];
    relation.uniques.iter().any(|unique| {
        // A pair may be unique among the rows that are not deleted, for example.
        unique.columns == [user_column] && unique.predicate.is_none()
            || unique.columns.len() == 2 && pair.iter().all(|c| unique.columns.contains(c))
    })
}

/// The column that says what a member may do: compared with literals, or an enum, or limited by a CHECK.
fn rank(
    catalog: &Catalog,
    facts: &Facts,
    relation: &Relation,
    taken: &[i16],
) -> Option<(i16, Vec<String>)> {
    let mut best: Option<(usize, i16, Vec<String>)> = None;
    for column in relation
        .columns
        .iter()
        .filter(|c| !taken.contains(&c.number))
    {
        let here = Atom::Column(ColumnRef {
            relation: relation.oid,
            column: column.number,
        });
        let compared = facts
            .literals
            .get(&here)
            .map(|set| set.iter().cloned().collect::<Vec<_>>())
            .unwrap_or_default();
        let labels = labels(catalog, relation, column);
        let textual = matches!(
            column.type_name.split('(').next(),
            Some("text" | "character varying" | "citext")
        );
        if !compared.is_empty() && !labels.is_empty()
            || !compared.is_empty() && textual
            || !labels.is_empty()
        {
            let score = compared.len() * 100 + labels.len();
            let mut values = if labels.is_empty() { compared } else { labels };
            values.dedup();
            if best.as_ref().is_none_or(|(known, _, _)| score > *known) {
                best = Some((score, column.number, values));
            }
        }
    }
    best.map(|(_, column, values)| (column, values))
}

/// The values that an enum or a CHECK allows a column.
pub(super) fn labels(catalog: &Catalog, relation: &Relation, column: &Column) -> Vec<String> {
    match catalog.types.get(&column.type_oid).map(|t| &t.shape) {
        Some(Shape::Enum(labels)) => labels.clone(),
        _ => check_values(relation, column.number),
    }
}

/// The values that a CHECK allows a column: a list of texts, or a short range of numbers.
fn check_values(relation: &Relation, column: i16) -> Vec<String> {
    let checks = relation
        .checks
        .iter()
        .filter(|check| check.columns == [column]);
    let literals: Vec<String> = checks
        .flat_map(|check| {
            let tree = super::syntax::expression(&check.expression);
            tree.descendants()
                .filter(|n| n.kind() == squawk_syntax::SyntaxKind::LITERAL)
                .filter_map(|n| super::syntax::literal(&n))
                .collect::<Vec<_>>()
        })
        .collect();
    let numbers: Vec<i64> = literals
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let whole = relation.columns.iter().any(|c| {
        c.number == column && matches!(c.type_name.as_str(), "smallint" | "integer" | "bigint")
    });
    match (numbers.iter().min(), numbers.iter().max()) {
        (Some(low), Some(high)) if whole && low < high && high - low < 10 => {
            (*low..=*high).map(|n| n.to_string()).collect()
        }
        _ => literals
            .into_iter()
            .filter(|text| !text.is_empty() && text.parse::<f64>().is_err())
            .collect(),
    }
}
