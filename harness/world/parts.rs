//! What a table is to the world: who its rows belong to, which keys and links decide its columns, which tables get rows.
use super::plan::{Check, Column, Level, Link, Part, Unique};
use super::said::Said;
use super::sources;
use crate::catalog::{Catalog, Oid, Relation, RelationKind};
use crate::tenancy::{Claim, ClaimMeaning, ColumnRef, KeyId, OwnerPath, Scope, Tenancy};
use std::collections::BTreeSet;

/// Tables that get rows: those that the tenancy knows or the user made, and what they refer to.
pub fn chosen<'c>(catalog: &'c Catalog, tenancy: &Tenancy) -> Vec<&'c Relation> {
    let storable = |r: &Relation| {
        matches!(r.kind, RelationKind::Table | RelationKind::Partitioned) && !r.is_partition
    };
    let mut wanted: BTreeSet<Oid> = catalog
        .relations
        .iter()
        .filter(|r| !r.platform && r.extension.is_none() || tenancy.scope(r.oid).is_some())
        .map(|r| r.oid)
        .collect();
    loop {
        let targets: BTreeSet<Oid> = catalog
            .relations
            .iter()
            .filter(|r| wanted.contains(&r.oid))
            .flat_map(|r| r.foreign_keys.iter().map(|f| f.target))
            .collect();
        let before = wanted.len();
        wanted.extend(targets);
        if wanted.len() == before {
            break;
        }
    }
    catalog
        .relations
        .iter()
        .filter(|r| storable(r) && wanted.contains(&r.oid))
        .collect()
}

/// Decides for each key what has one value of it.
pub fn levels(catalog: &Catalog, tenancy: &Tenancy) -> Vec<Level> {
    let user_columns = tenancy
        .user
        .map(|user| tenancy.keys[user.0].columns.as_slice());
    let single = |relation: Oid| {
        let keyed = user_columns
            .unwrap_or_default()
            .iter()
            .filter(|c| c.relation == relation);
        let Some(found) = catalog.relations.iter().find(|r| r.oid == relation) else {
            return false;
        };
        keyed.clone().any(|c| {
            found
                .uniques
                .iter()
                .any(|u| u.columns == [c.column] && u.predicate.is_none())
        })
    };
    let level = |id: usize| {
        let key = &tenancy.keys[id];
        if tenancy.user == Some(KeyId(id)) {
            return Level::User;
        }
        if tenancy.tenant == Some(KeyId(id)) {
            return Level::Tenant;
        }
        let told = key
            .root
            .iter()
            .chain(&key.columns)
            .any(|c| single(c.relation));
        // A value that callers carry and that is neither tenant nor row of a table tells callers apart: an e-mail address.
        let carried = |claim: &Claim| claim.meaning == ClaimMeaning::Key(KeyId(id));
        let carried = tenancy.claims.iter().any(carried);
        // So does the session of a user.
        let is_users = |root: ColumnRef| {
            let mut columns = user_columns.unwrap_or_default().iter();
            columns.any(|c| c.relation == root.relation)
        };
        match (told, key.root) {
            (true, _) => Level::User,
            (false, Some(root)) if carried && is_users(root) => Level::User,
            (false, Some(_)) => Level::Row,
            (false, None) if carried => Level::User,
            (false, None) => Level::Tenant,
        }
    };
    (0..tenancy.keys.len()).map(level).collect()
}

pub fn part(tenancy: &Tenancy, relation: &Relation) -> Part {
    let rooted = |key: Option<KeyId>| {
        key.and_then(|k| tenancy.keys[k.0].root)
            .is_some_and(|root| root.relation == relation.oid)
    };
    if rooted(tenancy.user) {
        return Part::Users;
    }
    if rooted(tenancy.tenant) {
        return Part::Tenants;
    }
    let membership = tenancy
        .memberships
        .iter()
        .position(|m| m.relation == relation.oid);
    match (membership, tenancy.scope(relation.oid)) {
        (Some(index), _) => Part::Membership(index),
        (None, Some(Scope::Owned { .. })) => Part::Owned,
        _ => Part::Shared,
    }
}

pub fn owners(tenancy: &Tenancy, relation: &Relation) -> (BTreeSet<i16>, bool) {
    let Some(Scope::Owned {
        paths,
        user_private,
    }) = tenancy.scope(relation.oid)
    else {
        return (BTreeSet::new(), false);
    };
    let keyed = paths.iter().any(|p| matches!(p, OwnerPath::Key { .. }));
    let mut owners = BTreeSet::new();
    for (at, path) in paths.iter().enumerate() {
        match path {
            OwnerPath::Key { column, .. } => owners.extend([*column]),
            OwnerPath::Parent { columns, .. } if !keyed && at == 0 => owners.extend(columns),
            OwnerPath::Parent { .. } | OwnerPath::Folder { .. } => {}
        }
    }
    (owners, *user_private)
}

/// Columns of the tenant's key that can be NULL and that a policy asks to be, where something that cannot be NULL says
/// whose such a row is: who made it, or the row that it belongs to.
pub fn unnamed(
    tenancy: &Tenancy,
    relation: &Relation,
    said: &Said,
    columns: &[Column],
) -> BTreeSet<i16> {
    let Some(Scope::Owned { paths, .. }) = tenancy.scope(relation.oid) else {
        return BTreeSet::new();
    };
    let find = |number: i16| columns.iter().find(|column| column.number == number);
    let fixed = |number: &i16| find(*number).is_some_and(|column| !column.nullable);
    let told = paths.iter().any(|path| match path {
        OwnerPath::Key { column, key } => Some(*key) != tenancy.tenant && fixed(column),
        OwnerPath::Parent { columns, .. } => columns.iter().all(fixed),
        OwnerPath::Folder { .. } => false,
    });
    let named = paths.iter().filter_map(|path| match path {
        OwnerPath::Key { column, key } if Some(*key) == tenancy.tenant => find(*column),
        _ => None,
    });
    named
        .filter(|column| told && column.nullable && said.asks_for_null(&column.name))
        .map(|column| column.number)
        .collect()
}

/// Foreign keys, composite ones first, then keys of rows whose column has no foreign key of its own.
pub fn links(tenancy: &Tenancy, levels: &[Level], relation: &Relation) -> Vec<Link> {
    let nullable = |numbers: &[i16]| {
        let can = |n: &i16| {
            relation
                .columns
                .iter()
                .any(|c| c.number == *n && !c.not_null)
        };
        numbers.iter().all(can)
    };
    let mut links: Vec<Link> = relation
        .foreign_keys
        .iter()
        .map(|key| Link {
            columns: key.columns.clone(),
            target: key.target,
            target_columns: key.target_columns.clone(),
            enforced: true,
            late: false,
            nullable: nullable(&key.columns),
        })
        .collect();
    links.sort_by_key(|link| std::cmp::Reverse(link.columns.len()));
    for column in &relation.columns {
        let here = ColumnRef {
            relation: relation.oid,
            column: column.number,
        };
        let Some(key) = tenancy.key_of(here) else {
            continue;
        };
        let Some(root) = tenancy.keys[key.0].root else {
            continue;
        };
        let linked = links.iter().any(|l| l.columns.contains(&column.number));
        if levels[key.0] != Level::Row || root == here || linked {
            continue;
        }
        links.push(Link {
            columns: vec![column.number],
            target: root.relation,
            target_columns: vec![root.column],
            enforced: false,
            late: false,
            nullable: !column.not_null,
        });
    }
    links
}

pub fn uniques(relation: &Relation, columns: &[Column]) -> Vec<Unique> {
    let place = |name: &str| columns.iter().find(|c| c.name == name).map(|c| c.number);
    relation
        .uniques
        .iter()
        .map(|unique| {
            let mut numbers: Vec<i16> =
                unique.columns.iter().copied().filter(|&n| n != 0).collect();
            // An expression is held to the columns that it reads: equal columns make an equal expression.
            for expression in &unique.expressions {
                numbers.extend(
                    super::literals::names(expression)
                        .iter()
                        .filter_map(|n| place(n)),
                );
            }
            let predicate = unique.predicate.as_ref().map(|text| Check {
                expression: text.clone(),
                columns: sources::columns_in(text, columns),
            });
            Unique {
                columns: numbers,
                nulls_not_distinct: unique.nulls_not_distinct,
                predicate,
                applies: None,
            }
        })
        .filter(|unique| !unique.columns.is_empty())
        .collect()
}
